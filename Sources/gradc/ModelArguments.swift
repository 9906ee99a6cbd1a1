import ArgumentParser
import Grad

/// What every command takes: the model, its dims and its precision.
struct ModelArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The model's file.", valueName: "MODEL.gd"))
  var model: String

  @Option(
    name: .customShort("D"),
    help: ArgumentHelp("Bind a dim from outside; may stand several times.", valueName: "name=value"))
  var dims: [String] = []

  @Option(help: ArgumentHelp("The float type of types that name none, f32 or f64; wins over the file.", valueName: "type"))
  var precision: String?

  func options() throws -> ModelOptions {
    var options = ModelOptions()
    for text in dims {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let value = Int(parts[1]), value >= 0 else {
        throw ValidationError("usage.dim", "-D takes name=value with a whole number of 0 or more, not '\(text)'.")
      }
      if let other = options.dims[String(parts[0])], other != value {
        throw ValidationError("usage.dim", "-D binds '\(parts[0])' twice, to \(other) and to \(value).")
      }
      options.dims[String(parts[0])] = value
    }
    switch precision {
    case nil: break
    case "f32": options.precision = .f32
    case "f64": options.precision = .f64
    case .some(let other): throw ValidationError("usage.precision", "--precision is f32 or f64, not '\(other)'.")
    }
    return options
  }

  func validate() throws { _ = try options() }

  /// Reads and builds the model.
  func load() throws -> Model {
    let model = try Model(source: SourceFile(reading: model), options: options())
    Console.report(model.warnings, in: model.source)
    return model
  }
}

/// Where the data comes from.
struct DataArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Inputs and params by name, from an archive of arrays; may stand several times, a later one wins.", valueName: "in.npz"))
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "An input or param by hand: x=3.5, w=[1,2], W=@w.npy; wins over --inputs; may stand several times.", valueName: "name=value"))
  var set: [String] = []

  func validate() throws { _ = try assignments() }

  private func assignments() throws -> [(String, String)] {
    try set.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ValidationError("usage.set", "--set takes name=value, not '\(text)'.")
      }
      return (String(parts[0]), String(parts[1]))
    }
  }

  /// The data that the arguments name.
  func data(for model: Model) throws -> ModelData {
    var data = ModelData()
    for path in inputs { try data.read(npz: path, for: model) }
    for (name, value) in try assignments() { try data.set(name, text: value) }
    return data
  }

  /// The data of a call of the model, every input and param bound.
  func bind(to model: Model) throws -> BoundModel {
    let bound = try model.bind(data(for: model))
    for note in bound.notes { Console.note("note: \(note)") }
    return bound
  }
}

/// Who computes.
struct BackendArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Who computes: tcc (machine code, by libtcc), cc (by the system's compiler) or interpreter (slow, the reference).",
      valueName: "backend"))
  var backend: Backend = .tcc

  @Flag(inversion: .prefixedNo, help: "Compare the compiled code with the interpreter on small shapes before its first use.")
  var verify = true
}

extension Backend: ExpressibleByArgument {}
