# Parr & Howard, section 5: the neuron with a rectifier.
#
#   activation = max(0, w · x + b)
#   ∂/∂w = 0ᵀ where w · x + b ≤ 0, else xᵀ        ∂/∂b = 0 where w · x + b ≤ 0, else 1
#
# Three neurons: one is active, one is not, one lies on the kink itself (w = 0, b = 0).
precision f64
dim n = 4
param x:      [n] ~ uniform(0.5, 1)
param w:      [n] ~ uniform(0.1, 1)
param w_kink: [n] ~ zeros
param b_on:   []  ~ constant(0.5)
param b_off:  []  ~ constant(-20)
param b_kink: []  ~ zeros

fn neuron(w, b) = max(0, w @ x + b)

on   = neuron(w, b_on)
off  = neuron(w, b_off)
kink = neuron(w_kink, b_kink)

output grad(on, w, b_on),          closed_don_dw = x,               closed_don_db_on = 1.0
output grad(off, w, b_off),        closed_doff_dw = zeros([n]),     closed_doff_db_off = 0.0
output grad(kink, w_kink, b_kink), closed_dkink_dw_kink = zeros([n]), closed_dkink_db_kink = 0.0
# The same by cases, as the text writes it.
output cases = grad(on, w), closed_cases = if w @ x + b_on <= 0 then zeros([n]) else x
