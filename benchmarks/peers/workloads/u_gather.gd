# Rows of a table, and a layer
dim words, n
param table: [words, 16]
param w: [16, 8]
input ids: i32[n]
loss = mean(tanh(table[ids] @ w)^2)
output loss, grad(loss, table, w)
