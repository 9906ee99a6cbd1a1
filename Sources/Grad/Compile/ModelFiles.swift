import Glibc
import GradCodegen
import GradIR
import GradJIT

/// The files that `compile` writes: C to embed, and what the system's compiler makes of it.
public struct ModelFiles {
  /// C with its header, an object file, a shared library, and a description in JSON.
  public enum Kind: String, Sendable, CaseIterable { case c, object, so, manifest }

  private let model: Model
  private let generated: GeneratedC

  /// The files of that model; nothing is written yet.
  public init(_ model: Model) {
    self.model = model
    generated = model.generatedC(for: .embedded, isDescribed: true)
  }

  /// Writes the kinds into a folder, made if it is not there; gives the paths. Each file is whole or not there.
  /// - Throws: `Diagnostic` where a file cannot be written or the system's compiler fails.
  public func write(_ kinds: [Kind], into folder: String) throws -> [String] {
    try makeFolder(folder)
    let base = (folder.isEmpty ? "." : folder) + "/" + generated.entry
    var paths: [String] = []
    func put(_ path: String, _ text: String) throws {
      try reportingDiagnostics { try OutputFile.write(path: path, text: text) }
      paths.append(path)
    }
    /// The C includes it, whether it is written or compiled here.
    func putHeader() throws { if !paths.contains(base + ".h") { try put(base + ".h", generated.header) } }
    func compile(_ ending: String, _ flags: [String]) throws {
      let compiler: SystemCompiler
      do throws(JITError) { compiler = try SystemCompiler.find() } catch { throw error.diagnostic }
      try putHeader()
      paths.append(try self.compile(base, by: compiler, ending: ending, flags))
    }
    for kind in kinds {
      switch kind {
      case .c:
        try put(base + ".c", generated.source)
        try putHeader()
      case .manifest: try put(base + ".json", manifest + "\n")
      case .object: try compile(".o", ["-c"])
      case .so: try compile(".so", ["-shared", "-fPIC"])
      }
    }
    return paths
  }

  private func makeFolder(_ folder: String) throws {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += part + "/"
      if mkdir(path, 0o777) != 0, errno != EEXIST {
        throw Diagnostic("file.folder", "cannot make the folder '\(path)': \(systemErrorText())")
      }
    }
  }

  /// Compiles the C by the system's compiler, without a shell, into a file beside the target that is then renamed.
  private func compile(_ base: String, by compiler: SystemCompiler, ending: String, _ flags: [String]) throws -> String {
    let c = base + ".\(getpid()).c"
    let made = base + ".\(getpid())\(ending)"
    defer {
      unlink(c)
      unlink(made)
    }
    try reportingDiagnostics { try OutputFile.write(path: c, text: generated.source) }
    do throws(JITError) {
      try compiler.run(flags + ["-o", made, c, "-lm"])
    } catch {
      throw error.diagnostic
    }
    guard rename(made, base + ending) == 0 else {
      throw Diagnostic("file.write", "cannot write '\(base + ending)': \(systemErrorText())")
    }
    return base + ending
  }

  /// The signature as JSON, for tools that call the entry.
  private var manifest: String {
    func entry(_ name: String, _ type: TensorType, _ role: String, updates input: String? = nil) -> String {
      let shape = type.shape.dims.map { $0.description.jsonQuoted }.joined(separator: ", ")
      let place = input.map { ", \"updates\": \($0.jsonQuoted)" } ?? ""
      return
        "{\"name\": \(name.jsonQuoted), \"role\": \(role.jsonQuoted), \"type\": \(type.dtype.name.jsonQuoted), \"shape\": [\(shape)]\(place)}"
    }
    let parameters = model.parameters.map { parameter in
      let role = if case .param = parameter.role { "param" } else { "input" }
      return entry(parameter.name, parameter.type, role)
    }
    let outputs = generated.outputs.map { output in
      entry(output.name, output.type, "output", updates: output.updatedInput.map { generated.inputs[$0].name })
    }
    let faults = generated.faults.map { "{\"status\": \($0.status), \"message\": \($0.message.jsonQuoted)}" }
    let bytes = generated.workspace.bytes.constant.map(String.init) ?? "null"
    return """
      {
        "entry": \(generated.entry.jsonQuoted),
        "dims": [\(generated.dims.map(\.jsonQuoted).joined(separator: ", "))],
        "parameters": [\(parameters.joined(separator: ", "))],
        "outputs": [\(outputs.joined(separator: ", "))],
        "workspace": {"bytes": \(bytes), "formula": \(generated.workspace.roundedBytes.description.jsonQuoted), "alignment": 64},
        "faults": [\(faults.joined(separator: ", "))]
      }
      """
  }
}
