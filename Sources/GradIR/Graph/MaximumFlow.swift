/// The greatest flow through a small network and the cut that bounds it, by Dinic's algorithm: flows along shortest paths, level by level.
package struct MaximumFlow {
  /// More than any sum of capacities: what cannot be cut.
  package static let infinite = 1 << 60

  private struct Edge {
    var to: Int
    var room: Int
  }
  /// Each edge and, beside it, the way back.
  private var edges: [Edge] = []
  private var leaving: [[Int]]

  package init(nodes: Int) { leaving = Array(repeating: [], count: nodes) }

  package mutating func connect(_ from: Int, _ to: Int, capacity: Int) {
    leaving[from].append(edges.count)
    edges.append(Edge(to: to, room: min(capacity, MaximumFlow.infinite)))
    leaving[to].append(edges.count)
    edges.append(Edge(to: from, room: 0))
  }

  /// Sends what goes from source to sink, and gives the source's side of the least cut: what can still be reached.
  package mutating func cut(from source: Int, to sink: Int) -> [Bool] {
    while true {
      let levels = levels(from: source)
      if levels[sink] == nil { return levels.map { $0 != nil } }
      var next = Array(repeating: 0, count: leaving.count)
      while send(from: source, to: sink, levels, &next) {}
    }
  }

  private func levels(from source: Int) -> [Int?] {
    var levels = [Int?](repeating: nil, count: leaving.count)
    levels[source] = 0
    var queue = [source]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for edge in leaving[node] where edges[edge].room > 0 && levels[edges[edge].to] == nil {
        levels[edges[edge].to] = (levels[node] ?? 0) + 1
        queue.append(edges[edge].to)
      }
    }
    return levels
  }

  /// One path that leads a level on with each edge; `next` is the first edge of each node that may still lead to the sink.
  private mutating func send(from source: Int, to sink: Int, _ levels: [Int?], _ next: inout [Int]) -> Bool {
    var path: [Int] = []
    var node = source
    while node != sink {
      if let place = leaving[node][next[node]...].firstIndex(where: { edge in
        edges[edge].room > 0 && levels[edges[edge].to] == (levels[node] ?? 0) + 1
      }) {
        next[node] = place
        path.append(leaving[node][place])
        node = edges[leaving[node][place]].to
      } else {
        next[node] = leaving[node].count
        guard let last = path.popLast() else { return false }
        node = edges[last ^ 1].to
        next[node] += 1
      }
    }
    let room = path.map { edges[$0].room }.min() ?? 0
    for edge in path {
      edges[edge].room -= room
      edges[edge ^ 1].room += room
    }
    return true
  }
}
