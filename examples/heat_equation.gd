# heat_equation.gd: heat along a rod, and how the end depends on the beginning and on the material.
#
#   gradc run examples/heat_equation.gd
#
#   ∂T/∂t = ∂/∂x (κ ∂T/∂x), both ends held at their temperature; explicit steps, so the whole is linear in the start
precision f64
dim cells = 16, steps = 40
param start:        [cells]     ~ uniform(0, 1)
param conductivity: [cells - 1] ~ uniform(0.1, 0.4)

fn step(T, number) {
  flux = conductivity * (T[1:] - T[:-1])
  return T + pad(flux[1:] - flux[:-1], [[1, 1]])
}
fn after(T) = fold(step, T, iota(steps))

end      = after(start)
misfit   = mean((end - 0.5)^2)
response = jacobian(end, start)

output end, misfit, grad(misfit, start, conductivity)
# The rod is linear: the Jacobian times the start is the end, and a tangent moves like a temperature.
output by_response = response @ start, closed_by_response = end
output moved = jvp(end, start, sin(start)), closed_moved = after(sin(start))
