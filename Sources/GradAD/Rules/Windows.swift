import GradIR

// The transpose of window, windowAdd, written so that nothing is scattered where the windows allow it:
//   windows side by side (stride = size): a transpose and a reshape
//   windows of a product, Σ K[…, j] c[…, x − j]: the product of the reversed K and the windows of the padded c (a convolution's
//   cotangent is a convolution)
// And of such a product no more than is read: what padding adds is not computed to be cut off.

extension GraphBuilder {
  /// windowAdd, in the form that suits where its operand comes from.
  func overlapAdd(_ w: ValueID, _ axes: [WindowAxis], extents: [Dim]) -> ValueID {
    sideBySide(w, axes, extents) ?? windowsOfProduct(w, axes) ?? windowAdd(w, axes, extents: extents)
  }

  private func sideBySide(_ w: ValueID, _ axes: [WindowAxis], _ extents: [Dim]) -> ValueID? {
    guard axes.allSatisfy({ $0.dilation == 1 && $0.size == Dim($0.stride) }) else { return nil }
    let shape = shape(of: w)
    let rank = shape.rank - axes.count
    var permutation: [Int] = []
    var merged = Array(shape.dims.prefix(rank))
    var pads = [PadAxis](repeating: PadAxis(), count: rank)
    for axis in 0..<rank {
      permutation.append(axis)
      guard let place = axes.firstIndex(where: { $0.axis == axis }) else { continue }
      permutation.append(rank + place)
      merged[axis] = shape[axis] * axes[place].size
      // A remainder that no window covers.
      pads[axis].high = extents[place] - merged[axis]
    }
    return pad(reshape(transpose(w, permutation), to: Shape(merged)), pads)
  }

  private func windowsOfProduct(_ w: ValueID, _ axes: [WindowAxis]) -> ValueID? {
    let node = graph.node(of: w)
    guard case .contract(let contraction) = node.op, axes.allSatisfy({ $0.stride == 1 }) else { return nil }
    let rank = contraction.result.count - axes.count
    let places = axes.map { contraction.result[$0.axis] }
    let sizes = Array(contraction.result.suffix(axes.count))
    func holds(_ labels: [Int], _ own: [Int], not others: [Int]) -> Bool {
      own.allSatisfy(labels.contains) && !others.contains(where: labels.contains)
    }
    let kernelIsLeft: Bool
    if holds(contraction.left, sizes, not: places), holds(contraction.right, places, not: sizes) {
      kernelIsLeft = true
    } else if holds(contraction.right, sizes, not: places), holds(contraction.left, places, not: sizes) {
      kernelIsLeft = false
    } else {
      return nil
    }
    let (kernelLabels, signalLabels) =
      kernelIsLeft ? (contraction.left, contraction.right) : (contraction.right, contraction.left)
    let kernel = flip(node.operands[kernelIsLeft ? 0 : 1], axes: kernelLabels.indices.filter { sizes.contains(kernelLabels[$0]) })
    var signal = node.operands[kernelIsLeft ? 1 : 0]
    var pads = [PadAxis](repeating: PadAxis(), count: signalLabels.count)
    var windows: [WindowAxis] = []
    for (axis, label) in zip(axes, places) {
      guard let own = signalLabels.firstIndex(of: label) else { return nil }
      let border = (axis.size - 1) * Dim(axis.dilation)
      pads[own] = PadAxis(low: border, high: border)
      windows.append(WindowAxis(axis: own, size: axis.size, dilation: axis.dilation))
    }
    signal = window(pad(signal, pads), windows)
    var product = contraction
    product.result = Array(contraction.result.prefix(rank))
    if kernelIsLeft { product.right += sizes } else { product.left += sizes }
    return kernelIsLeft ? contract(kernel, signal, product) : contract(signal, kernel, product)
  }

  /// slice, of the product of a convolution's cotangent by padding less.
  func trimmed(_ v: ValueID, _ slices: [SliceAxis]) -> ValueID { productTrimmed(v, slices) ?? slice(v, slices) }

  private func productTrimmed(_ v: ValueID, _ slices: [SliceAxis]) -> ValueID? {
    let product = graph.node(of: v)
    guard case .contract(let contraction) = product.op else { return nil }
    for (side, labels, others) in [(0, contraction.left, contraction.right), (1, contraction.right, contraction.left)] {
      let windows = graph.node(of: product.operands[side])
      guard case .window(let axes) = windows.op, case .pad(var pads) = graph.node(of: windows.operands[0]).op else { continue }
      let padded = graph.node(of: windows.operands[0])
      var isTrimmed = true
      for (place, own) in slices.enumerated() where own.start != 0 || own.count != shape(of: v)[place] || own.step != 1 {
        let label = contraction.result[place]
        guard own.step == 1, !others.contains(label), let axis = labels.firstIndex(of: label),
          let window = axes.first(where: { $0.axis == axis }), window.stride == 1, pads[axis].interior == 0
        else {
          isTrimmed = false
          break
        }
        let cut = shape(of: v)[place] - own.start - own.count
        (pads[axis].low, pads[axis].high) = (pads[axis].low - own.start, pads[axis].high - cut)
      }
      guard isTrimmed, pads.allSatisfy({ $0.low.isAtLeast(0) == true && $0.high.isAtLeast(0) == true }) else { continue }
      var operands = product.operands
      operands[side] = window(add(.pad(pads), padded.operands), axes)
      return add(product.op, operands)
    }
    return nil
  }
}
