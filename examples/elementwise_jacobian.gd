# elementwise_jacobian.gd: element-wise operations have diagonal Jacobians
#
#   gradc run examples/elementwise_jacobian.gd --inputs examples/data/elementwise_jacobian.npz
dim n
input w: [n]
input x: [n]
quotient = w / x
output J_w = jacobian(quotient, w), J_x = jacobian(quotient, x), J_max = jacobian(max(w, x), w), J_sum = jacobian(sum(w * x), x)
