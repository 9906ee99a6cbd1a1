import GradIR

/// Nil where the graph's text reads back as an equal graph.
func roundTripFault(_ graph: Graph) -> String? {
  let text = GraphPrinter.print(graph, sources: true)
  do {
    let read = try GraphParser.parse(text)
    return read == graph ? nil : "the printed graph reads otherwise:\n\(text)\n\(GraphPrinter.print(read, sources: true))"
  } catch {
    return "the printed graph does not read back: \(error)\n\(text)"
  }
}

/// A graph's text is refused with a place in it, or gives a valid graph that prints as what reads back the same.
func graphFaults(_ bytes: [UInt8]) -> [String] {
  let source = SourceFile(name: "graph", text: String(decoding: bytes, as: UTF8.self))
  do {
    let graph = try GraphParser.parse(String(decoding: source.utf8, as: UTF8.self))
    try GraphVerifier.verify(graph)
    return [roundTripFault(graph)].compactMap { $0 }
  } catch let diagnostic as Diagnostic {
    return diagnosticFaults(diagnostic, in: source, mayLackPlace: diagnostic.id == "graph.invalid")
  } catch {
    return ["\(error)"]
  }
}
