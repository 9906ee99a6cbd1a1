# springs.gd: a net of springs, its forces and its stiffness from the energy, and the sensitivity of where it swings to.
#
#   gradc run examples/springs.gd
#
#   E = ½ Σ k (|xᵢ − xⱼ| − l)²     force on i: −Σ k (1 − l/d) (xᵢ − xⱼ)     stiffness of one spring: k (1 − l/d) I + k l/d³ r rᵀ
precision f64
dim knots = 4, ties = 5
param x:    [knots, 2] ~ normal(1)
param k:    [ties]     ~ uniform(1, 2)
param rest: [ties]     ~ uniform(0.5, 1)
from = [0, 1, 2, 3, 0]
to   = [1, 2, 3, 0, 2]

fn energy(x) = 0.5 * sum(k * (norm(x[from] - x[to], axis=1) - rest)^2)
E = energy(x)

r       = x[from] - x[to]
d       = norm(r, axis=1)
pull    = k * (1 - rest / d)
signs   = one_hot(from, knots) - one_hot(to, knots)           # [ties, knots]
twisted = reshape(pull, [-1, 1, 1]) * eye(2) + reshape(k * rest / d^3, [-1, 1, 1]) * einsum("ta,tb->tab", r, r)
output E
output grad(E, x),    closed_dE_dx = einsum("ti,t,ta->ia", signs, pull, r)
output hessian(E, x), closed_d2E_dx2 = einsum("ti,tj,tab->iajb", signs, signs, twisted)

fn step(x, v, i, h=0.05) {
  E      = energy(x)
  v_next = 0.99 * v - h * grad(E, x)
  return x + h * v_next, v_next
}
resting, speed = fold(step, (x, zeros([knots, 2])), iota(20))
height = sum(resting[:, 1])
output resting, grad(height, x, rest)
