import GradIR

/// A matrix product with what is computed of its elements: by blocks of rows, each one call of the runtime and a loop over the block while it is
/// in the nearest cache. A product that nothing else reads is stored nowhere.
///
///     for (block …) {
///       grad_matrix_product_f32(24, 256, 32, …, product);
///       for (i …) m_next[start + i] = 0.9f * m[start + i] + product[i];
///     }
struct ProductBlocks {
  private let kernel: FusedKernel
  private let node: Node
  private let contraction: Contraction
  private let size: Int

  /// Smaller results stay in the caches anyway.
  private static let leastBytes = 1 << 17
  /// The right side is read again for each block.
  private static let mostBytesOfRight = 1 << 18
  private static let mostBytesOfBlock = 1 << 16
  /// Blocks of two tiles' rows where they fit into the nearest cache, else of one's.
  private static let (tile, nearestCache) = (12, 1 << 15)

  /// How many rows a block has; nil where the product is better done whole.
  static func rows(_ c: Contraction, _ node: Node, in graph: Graph) -> Int? {
    let (type, left) = (node.types[0], graph.shape(of: node.operands[0]))
    guard type.dtype.isFloat, c.isMatrixProduct, c.batch.isEmpty, c.result == c.leftFree + c.rightFree, type.rank == 2,
      c.contracted.count == 1,
      let rows = type.shape[0].constant, let columns = type.shape[1].constant,
      let depth = c.left.firstIndex(of: c.contracted[0]).flatMap({ left[$0].constant })
    else { return nil }
    let row = columns * type.dtype.byteCount
    guard rows >= 4 * tile, rows * row >= leastBytes, depth * row <= mostBytesOfRight, tile * row <= mostBytesOfBlock else { return nil }
    return 2 * tile * row <= nearestCache ? 2 * tile : tile
  }

  init(_ kernel: FusedKernel) {
    self.kernel = kernel
    node = kernel.node(kernel.kernel.members[0])
    guard case .contract(let contraction) = node.op, let size = ProductBlocks.rows(contraction, node, in: kernel.region.graph) else {
      preconditionFailure("\(node.op.name) is no product by blocks")
    }
    (self.contraction, self.size) = (contraction, size)
  }

  func emit() {
    let (f, region, shape, value) = (kernel.f, kernel.region, node.types[0].shape, node.firstResult)
    // Its elements are read where they lie.
    region.flat[value] = true
    let isFlat = kernel.flatCount() != nil
    f.loop("block", Dim.floorQuotient(shape[0] + Dim(size - 1), Dim(size)), independent: true) { block in
      let start = block * Dim(size)
      let (count, first) = (f.count(of: shape[0], from: start, most: size), start * shape[1])
      if let target = kernel.targets[kernel.kernel.root] {
        region.lowerProduct(contraction, node, rows: count, from: start, target, first: 0, f)
      } else {
        let buffer = Variable(name: f.local(region.stem(value) ?? "product"), kind: .pointer(node.types[0].dtype))
        f.owned.insert(buffer.name)
        f.emit(.declareArray(.element(node.types[0].dtype), buffer.name, size * (shape[1].constant ?? 0)))
        region.lowerProduct(contraction, node, rows: count, from: start, buffer, first: first, f)
        f.heldRows[value] = .init(buffer: buffer, axes: 0, first: first)
      }
      let others = kernel.kernel.members.dropFirst()
      if isFlat {
        f.loop("i", count * shape[1]) { i in for member in others { kernel.emitElement(member, .flat(first + i)) } }
      } else {
        f.loops(Region.indexStems, [count, shape[1]]) { place in
          for member in others { kernel.emitElement(member, kernel.access(kernel.shape(member), [start + place[0], place[1]])) }
        }
      }
    }
  }
}
