# pendulum_control.gd: gradient of a control cost through 40 steps of a pendulum (Runge-Kutta 4)
#
#   gradc run examples/pendulum_control.gd --inputs examples/data/pendulum_control.npz
dim steps
input start: [2]
input torque: [steps]
fn slope(s, u) = stack([s[1], -9.81 * sin(s[0]) - 0.1 * s[1] + u])
fn step(s, u, h=0.05) {
  k1 = slope(s, u)
  k2 = slope(s + h/2 * k1, u)
  k3 = slope(s + h/2 * k2, u)
  k4 = slope(s + h * k3, u)
  return s + h/6 * (k1 + 2*k2 + 2*k3 + k4)
}
end = fold(step, start, torque)
cost = sum(end^2) + 0.01 * sum(torque^2)
output cost, end, grad(cost, torque), grad(cost, start), J = jacobian(end, start)
