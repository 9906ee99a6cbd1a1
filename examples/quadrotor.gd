# quadrotor.gd: twenty Runge-Kutta steps of a quadrotor, and the gradient of a cost by start and controls.
#
#   gradc run examples/quadrotor.gd
#
# State: position, velocity, Euler angles (roll, pitch, yaw), body rates. Controls: thrust and three moments.
precision f64
dim steps = 20
param start:    [12]       ~ normal(0.1)
param controls: [steps, 4] ~ normal(0.1)

mass, gravity = 0.8, 9.81
Ix, Iy, Iz = 0.010, 0.012, 0.020

fn slope(s, u) {
  vx, vy, vz = s[3], s[4], s[5]
  p, q, r    = s[9], s[10], s[11]
  s_roll, c_roll   = sin(s[6]), cos(s[6])
  s_pitch, c_pitch = sin(s[7]), cos(s[7])
  s_yaw, c_yaw     = sin(s[8]), cos(s[8])
  thrust = mass * gravity * (1 + 0.1 * u[0]) / mass
  drag   = 0.05 * sqrt(0.01 + vx^2 + vy^2 + vz^2)
  turn   = q * s_roll + r * c_roll
  return stack([vx, vy, vz,
    thrust * (c_roll * s_pitch * c_yaw + s_roll * s_yaw) - drag * vx,
    thrust * (c_roll * s_pitch * s_yaw - s_roll * c_yaw) - drag * vy,
    thrust * (c_roll * c_pitch) - gravity - drag * vz,
    p + turn * s_pitch / c_pitch, q * c_roll - r * s_roll, turn / c_pitch,
    ((Iy - Iz) * q * r + 0.01 * u[1]) / Ix,
    ((Iz - Ix) * p * r + 0.01 * u[2]) / Iy,
    ((Ix - Iy) * p * q + 0.01 * u[3]) / Iz])
}
fn step(s, u, h=0.02) {
  k1 = slope(s, u)
  k2 = slope(s + h/2 * k1, u)
  k3 = slope(s + h/2 * k2, u)
  k4 = slope(s + h * k3, u)
  return s + h/6 * (k1 + 2*k2 + 2*k3 + k4)
}
end  = fold(step, start, controls)
cost = sum(end^2) + 0.001 * sum(controls^2)

output cost, end, grad(cost, start, controls), J = jacobian(end, start)
