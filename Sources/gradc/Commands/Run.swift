import ArgumentParser
import Grad

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Evaluates a model; prints every output with its type.",
    discussion: """
      Inputs and params are found by name in --inputs, or given by --set. A param that is not given takes its ~ initializer.

        gradc run model.gd --inputs data.npz --set rate=0.1
        gradc run model.gd --inputs data.npz --outputs results.npz
        gradc run model.gd --set x=3.5 --json
      """)

  @OptionGroup var model: ModelArguments
  @OptionGroup var data: DataArguments
  @OptionGroup var backend: BackendArguments

  @Option(help: ArgumentHelp("Write the outputs to an archive of arrays instead of printing them.", valueName: "out.npz"))
  var outputs: String?

  @Flag(help: "Name the first operation that makes a NaN or an infinity, and end there. The interpreter looks for it: slow.")
  var checkFinite = false

  @Flag(help: "Print the outputs as a JSON object: name to type and value.")
  var json = false

  func run() throws {
    try Console.reporting {
      let model = try model.load()
      let results = try results(of: model)
      if let outputs { try Npz.write(results, path: outputs) }
      if json {
        try Console.result(results.jsonObject)
      } else if outputs == nil {
        for result in results { try Console.result("\(result.name): \(result.tensor.typeText) = \(result.tensor.valueText())") }
      }
    }
  }

  private func results(of model: Model) throws -> [NamedTensor] {
    guard !checkFinite, let tier = backend.backend.tier else {
      return try data.bind(to: model).run(on: backend.backend, verifying: backend.verify, checkingFinite: checkFinite)
    }
    // The data is read while the code is made.
    let bound = Concurrent { [data] in try data.bind(to: model) }
    let code = Result { try CompiledModel(model, tier: tier, verifying: backend.verify) }
    let data = try bound.value()
    return try code.get().run(data)
  }
}
