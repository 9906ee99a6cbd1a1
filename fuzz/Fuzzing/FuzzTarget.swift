import GradIR
import GradLanguage

/// What is fed with bytes: each target has a corpus of its own under `corpus`.
public enum FuzzTarget: String, Sendable, CaseIterable {
  /// A model's text, on the whole way to C.
  case model
  /// The text of a graph.
  case graph
  /// An archive of arrays.
  case npz
  /// An array in a file, or by hand (`--set`).
  case npy

  /// What is wrong with what gradc makes of these bytes; nothing where it takes them, or says why not.
  public func faults(_ bytes: [UInt8]) -> [String] {
    switch self {
    case .model: ModelProbe.probe(bytes).faults
    case .graph: graphFaults(bytes)
    case .npz: archiveFaults(bytes)
    case .npy: arrayFaults(bytes)
    }
  }

  /// How new inputs are made of old ones, where bytes are text.
  public var mutator: TextMutator? {
    switch self {
    case .model: .models
    case .graph: .graphs
    case .npz, .npy: nil
    }
  }
}

/// What is wrong with a diagnostic: users are told a place in their text, in words.
func diagnosticFaults(
  _ diagnostic: Diagnostic, in source: SourceFile, mayLackPlace: Bool = false, isRendered: Bool = true
) -> [String] {
  var faults: [String] = []
  if diagnostic.id.isEmpty || diagnostic.message.isEmpty { faults.append("a diagnostic without words: \(diagnostic)") }
  if diagnostic.range == nil && !mayLackPlace { faults.append("a diagnostic without a place: \(diagnostic)") }
  // The end of the text is one place behind it.
  for range in [diagnostic.range].compactMap({ $0 }) + diagnostic.notes.compactMap(\.range)
  where range.lower < 0 || range.lower > range.upper || Int(range.upper) > source.utf8.count + 1 {
    faults.append("a diagnostic beside the text of \(source.utf8.count) bytes: \(diagnostic)")
  }
  guard isRendered else { return faults }
  let rendered = diagnostic.rendered(in: source)
  if rendered.utf8.count > 100_000 { faults.append("\(rendered.utf8.count) bytes of words: \(diagnostic.id)") }
  if rendered.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" && $0 != "\n" }) {
    faults.append("a diagnostic that commands the terminal: \(diagnostic)")
  }
  return faults
}
