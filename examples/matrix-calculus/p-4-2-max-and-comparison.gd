# Parr & Howard, section 4.2: max(w, x), element by element, passes on the derivative of the greater element;
# a comparison w > x is a step, whose derivative is zero wherever it has one.
#
#   ∂max(w, x)/∂w = diag(wᵢ > xᵢ)     ∂max(w, x)/∂x = diag(xᵢ > wᵢ)     ∂(w > x)/∂w = 0
#
# At a tie the first argument has it: the third elements are made equal to show that.
precision f64
dim n = 6
param w: [n] ~ normal(1)
param r: [n] ~ normal(1)

tied = iota(n) == 2
x    = where(tied, w, r)
greater = max(w, x)
above   = f64(w > x)

# x is a definition: a name of its own, so `jacobian(greater, x)` leaves aside that x is made of w and r.
fn partial(w, x) { m = max(w, x); return jacobian(m, w), jacobian(m, x) }
by_w, by_x = partial(w, x)

output by_w, closed_by_w = diag(f64(w >= x))
output by_x, closed_by_x = diag(f64(x > w))
output jacobian(above, w), closed_dabove_dw = zeros([n, n])
output jacobian(above, x), closed_dabove_dx = zeros([n, n])
# By w in total: at the tie x is w, and both ways together give 1 again.
output jacobian(greater, w), closed_dgreater_dw = diag(f64(w >= x))
