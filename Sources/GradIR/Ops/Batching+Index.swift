// gather and scatterAdd. With both sides batched the new axis is one more batch axis. With one side batched its axis stands behind
// the batch axes instead, where it is an ordinary axis of that side, and nothing is copied.
extension Batching {
  func gather(_ x: BatchedValue, _ indices: BatchedValue, _ axis: GatherAxis) -> ValueID {
    var axis = axis
    switch (x.isBatched, indices.isBatched) {
    case (true, true):
      axis.axis += 1
      axis.batch += 1
      return builder.gather(x.value, indices.value, axis)
    case (true, false):
      // [B…, step, A…, axis, R…]
      let operand = moveAxis(x.value, from: 0, to: axis.batch)
      axis.axis += 1
      return moveAxis(builder.gather(operand, indices.value, axis), from: axis.batch, to: 0)
    case (false, _):
      // indices [B…, step, I…]: the result is [B…, A…, step, I…, R…]
      let selected = moveAxis(indices.value, from: 0, to: axis.batch)
      return moveAxis(builder.gather(x.value, selected, axis), from: axis.axis, to: 0)
    }
  }

  func scatterAdd(_ updates: BatchedValue, _ indices: BatchedValue, _ axis: GatherAxis, _ extent: Dim) -> ValueID {
    var axis = axis
    axis.axis += 1
    guard indices.isBatched else {
      // updates [B…, step, A…, I…, R…]
      let moved = moveAxis(updates.value, from: 0, to: axis.batch)
      return moveAxis(builder.scatterAdd(moved, indices.value, axis, extent: extent), from: axis.batch, to: 0)
    }
    axis.batch += 1
    return builder.scatterAdd(batched(updates), indices.value, axis, extent: extent)
  }
}
