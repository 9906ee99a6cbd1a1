import GradIR

// What `inspect --stage kernels` prints.
extension Region {
  func describe(_ kernel: Kernel, _ stem: String) {
    guard module.options.isDescribed else { return }
    let nodes = kernel.members.map { graph.nodes[$0.node] }
    func title(_ node: Node) -> String { "\(node.op.name) \(node.types.map(\.description).joined(separator: ", "))" }
    func name(_ value: ValueID) -> String {
      (graph.names[value].map { "\($0) = " } ?? "") + graph.node(of: value).op.name
    }
    func over(_ value: ValueID) -> String {
      overwritten[value].flatMap { memory[$0]?.name.text ?? graph.names[$0] }.map { " over \($0)" } ?? ""
    }
    var lines = ["kernel \(stem): " + (nodes.count == 1 ? title(nodes[0]) : "\(nodes.count) in one")]
    let schedule = kernel.schedule
    func loops(_ axes: some Sequence<Schedule.Axis>) -> String { axes.map { "\($0.kind.rawValue) \($0.extent)" }.joined(separator: ", ") }
    if nodes.count == 1, !kernel.isFused {
      lines.append("loops: " + (schedule.axes.isEmpty ? "none" : loops(schedule.axes)))
    } else {
      let (outer, inner) = (schedule.axes.prefix(schedule.rows), schedule.axes.dropFirst(schedule.rows))
      var text = "loops: " + (outer.isEmpty ? "none" : loops(outer))
      if !inner.isEmpty {
        text += "; in each row " + (schedule.passes == 1 ? "one pass" : "\(schedule.passes) passes") + " over " + loops(inner)
      }
      lines.append(text)
    }
    if nodes.count > 1 {
      for (member, node) in zip(kernel.members, nodes) {
        let place =
          switch (member.role, plan.placement(node.firstResult)) {
          case (.total, _): "a total"
          case (.row, .held): "one number a row"
          case (.row, _): "one number a row, stored"
          case (.column, _): "columns, row by row, stored"
          case (.product, .inlined): "a block of rows at a time"
          case (_, .memory): "stored" + over(node.firstResult)
          default: "in passing"
          }
        let pass = schedule.passes > 1 ? ", pass \(member.pass + 1)" : ""
        lines.append("  \(name(node.firstResult)) \(node.types[0]): \(place)\(pass)")
      }
    }
    if nodes.count == 1, !over(nodes[0].firstResult).isEmpty { lines.append("stored" + over(nodes[0].firstResult)) }
    if !kernel.inlined.isEmpty { lines.append("inside: " + counted(kernel.inlined.map(name)).joined(separator: ", ")) }
    for reason in kernel.reasons { lines.append("apart: " + reason) }
    let sources = nodes.compactMap { module.sourceLine($0.source) }.uniqued()
    for source in sources { lines.append("from: " + source) }
    module.kernelTexts.append(lines.joined(separator: "\n  "))
  }
}

/// What follows itself is said once with its number: `reshape ×64`.
private func counted(_ words: [String]) -> [String] {
  var runs: [(word: String, count: Int)] = []
  for word in words {
    if runs.last?.word == word { runs[runs.count - 1].count += 1 } else { runs.append((word, 1)) }
  }
  return runs.map { $0.count > 4 ? "\($0.word) ×\($0.count)" : [String](repeating: $0.word, count: $0.count).joined(separator: ", ") }
}
