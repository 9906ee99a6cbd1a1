# word_vectors.gd: vectors for words by pairs of neighbours (skip-gram with negative samples). Only the rows that were looked up
# get a gradient: a gather forward is a scatter backward.
#
#   gradc run examples/word_vectors.gd --inputs examples/data/word_vectors.npz
dim words = 12, width = 4, pairs, negatives = 3
input center:   i32[pairs]
input neighbour: i32[pairs]
input other:    i32[pairs, negatives]
param U: [words, width] ~ normal(0.5)
param V: [words, width] ~ normal(0.5)

u    = U[center]
near = sum(u * V[neighbour], axis=1)
far  = einsum("pw,pnw->pn", u, V[other])
loss = mean(softplus(-near)) + mean(softplus(far))

output loss, grad(loss, U, V)
