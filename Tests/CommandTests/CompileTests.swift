import Foundation
import Grad
import TestSupport
import Testing

private let model = """
  dim n
  input x: [n, 3]
  input ids: i64[n]
  param w: [3, 2] ~ glorot
  param table: [4, 2] ~ normal(0.5)
  h = tanh(x @ w) + table[ids]
  loss = mean(log(sum(exp(h), axis=1)))
  output loss, grad(loss, w, table), h, count = sum(h > 0), worst = argmax(h, axis=1)

  """

/// A program that calls the model's entry and writes each output's bytes to standard output.
private let driver = """
  #include "model.h"
  #include <stdio.h>
  #include <stdlib.h>
  static void *aligned(size_t bytes) {
    char *memory = malloc(bytes + 64);
    return memory ? memory + (64 - (size_t)memory % 64) : 0;
  }
  static int load(const char *path, void *to, size_t bytes) {
    FILE *file = fopen(path, "rb");
    return !file || fread(to, 1, bytes, file) != bytes;
  }
  int main(void) {
    static float x[15], w[6], table[8], loss[1], dw[6], dtable[8], h[10];
    static int64_t ids[5], count[1], worst[5];
    int status;
    if (load("x", x, sizeof x) || load("ids", ids, sizeof ids) || load("w", w, sizeof w) || load("table", table, sizeof table)) return 2;
    status = model(5, x, ids, w, table, loss, dw, dtable, h, count, worst, aligned((size_t)model_workspace_bytes(5)));
    if (status) { fprintf(stderr, "%s\\n", model_status_text(status)); return 1; }
    fwrite(loss, sizeof loss, 1, stdout); fwrite(dw, sizeof dw, 1, stdout); fwrite(dtable, sizeof dtable, 1, stdout);
    fwrite(h, sizeof h, 1, stdout); fwrite(count, sizeof count, 1, stdout); fwrite(worst, sizeof worst, 1, stdout);
    return 0;
  }

  """

@Suite struct CompileTests {
  @Test func theFilesAreWrittenWholeAndAlone() throws {
    let folder = try folder(["model.gd": model])
    let outcome = try folder.gradc("compile", "model.gd")
    #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
    #expect(folder.files == ["model.c", "model.gd", "model.h"])
    #expect(outcome.errors.contains("model.c") && outcome.errors.contains("model.h"))
  }

  @Test(.enabled(if: Program.path(of: "cc") != nil)) func everyKindIsWrittenIntoANewFolder() throws {
    let folder = try folder(["model.gd": model])
    let alone = try folder.gradc("compile", "model.gd", "-o", "alone", "--emit", "object")
    #expect(alone.status == 0 && alone.errors.contains("model.h"), "\(alone)")
    let outcome = try folder.gradc("compile", "model.gd", "-o", "a/b", "--emit", "c,so,object,manifest")
    #expect(outcome.status == 0, "\(outcome)")
    let made = try FileManager.default.contentsOfDirectory(atPath: folder.file("a/b")).sorted()
    #expect(made == ["model.c", "model.h", "model.json", "model.o", "model.so"])
    let manifest = try json(try String(contentsOfFile: folder.file("a/b/model.json"), encoding: .utf8))
    #expect(manifest["entry"] as? String == "model")
    #expect(manifest["dims"] as? [String] == ["n"])
    let parameters = try #require(manifest["parameters"] as? [[String: Any]])
    #expect(parameters.compactMap { $0["name"] as? String } == ["x", "ids", "w", "table"])
    #expect(parameters.compactMap { $0["role"] as? String } == ["input", "input", "param", "param"])
    #expect(parameters.compactMap { $0["type"] as? String } == ["f32", "i64", "f32", "f32"])
    #expect(parameters.first?["shape"] as? [String] == ["n", "3"])
    let outputs = try #require(manifest["outputs"] as? [[String: Any]])
    #expect(outputs.compactMap { $0["name"] as? String } == ["loss", "dloss_dw", "dloss_dtable", "h", "count", "worst"])
    #expect((manifest["faults"] as? [[String: Any]])?.isEmpty == false)
    let symbols = try Program.run("nm", ["-D", "--defined-only", folder.file("a/b/model.so")], in: folder).output
    #expect(symbols.contains(" T model\n") && symbols.contains(" T model_workspace_bytes\n"), "\(symbols)")
  }

  /// gcc and clang with every warning an error, and tcc: the program gives the bits of `gradc run`.
  @Test(arguments: [
    ["gcc", "-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror"],
    ["gcc", "-std=c99", "-O3", "-march=native", "-Wall", "-Werror"],
    ["clang", "-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror"], ["tcc", "-Wall", "-Werror"],
  ])
  func aProgramThatCallsTheCGivesTheBitsOfRun(_ compiler: [String]) throws {
    guard Program.path(of: compiler[0]) != nil else { return }
    let folder = try folder(["model.gd": model, "driver.c": driver])
    var random = RandomSource(seed: 3)
    func floats(_ shape: [Int]) -> Tensor { Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.unit() * 4 - 2) }, shape: shape) }
    let inputs = [
      NamedTensor("x", floats([5, 3])), NamedTensor("ids", Tensor([0, 3, -1, 2, 2] as [Int64])), NamedTensor("w", floats([3, 2])),
      NamedTensor("table", floats([4, 2])),
    ]
    _ = random.next()
    for input in inputs { try input.tensor.withUnsafeElementBytes { try Data($0).write(to: URL(filePath: folder.file(input.name))) } }
    try folder.write("in.npz", inputs)
    let ran = try folder.gradc("run", "model.gd", "--inputs", "in.npz", "--outputs", "out.npz")
    #expect(ran.status == 0, "\(ran)")
    #expect(try folder.gradc("compile", "model.gd").status == 0)
    let flags = Array(compiler.dropFirst()) + (compiler[0] == "tcc" ? [] : ["-ffp-contract=off"])
    let compiled = try Program.run(compiler[0], flags + ["-o", "program", "driver.c", "model.c", "-lm"], in: folder)
    #expect(compiled.status == 0 && compiled.errors == "", "\(compiled)")
    guard compiled.status == 0 else { return }
    let program = try Program.run(folder.file("program"), [], in: folder, output: folder.write("bytes", ""))
    #expect(program.status == 0, "\(program)")
    let expected = try Npz.read(path: folder.file("out.npz")).arrays.flatMap { $0.tensor.withUnsafeElementBytes { Array($0) } }
    #expect(try folder.bytes("bytes") == expected)
  }

  /// The params are drawn; the temporary folder of the compiler is gone afterwards.
  @Test(.enabled(if: Program.path(of: "cc") != nil)) func theSystemsCompilerGivesTheBitsOfTheOthers() throws {
    let folder = try folder(["model.gd": model])
    try FileManager.default.createDirectory(atPath: folder.file("tmp"), withIntermediateDirectories: true)
    let written = try ["tcc", "cc", "interpreter"].map { backend in
      let outcome = try folder.gradc(
        "run", "model.gd", "--set", "x=[[0.5,-1,2],[3,0.25,-0.125]]", "--set", "ids=[3,-1]", "--backend", backend, "--outputs",
        "\(backend).npz", environment: ["TMPDIR": folder.file("tmp")])
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
      return try folder.bytes("\(backend).npz")
    }
    #expect(written[1] == written[0] && written[2] == written[0])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp")).isEmpty)
  }

  @Test(.enabled(if: Program.path(of: "gcc") != nil)) func anIndexOutOfRangeGivesAStatusWithWords() throws {
    let folder = try folder(["model.gd": model, "driver.c": driver])
    for (name, count) in [("x", 15 * 4), ("w", 6 * 4), ("table", 8 * 4)] {
      try Data(count: count).write(to: URL(filePath: folder.file(name)))
    }
    try [Int64(0), 1, 2, 3, 4].withUnsafeBytes { try Data($0).write(to: URL(filePath: folder.file("ids"))) }
    #expect(try folder.gradc("compile", "model.gd").status == 0)
    let compiled = try Program.run("gcc", ["-o", "program", "driver.c", "model.c", "-ffp-contract=off", "-lm"], in: folder)
    #expect(compiled.status == 0, "\(compiled)")
    let program = try Program.run(folder.file("program"), [], in: folder)
    #expect(program.status == 1 && program.errors.contains("ids"), "\(program)")
  }

  @Test func dimsAndPrecisionReachTheC() throws {
    let folder = try folder(["model.gd": model])
    #expect(try folder.gradc("compile", "model.gd", "-D", "n=7", "--precision", "f64").status == 0)
    let header = try String(contentsOfFile: folder.file("model.h"), encoding: .utf8)
    #expect(header.contains("double") && !header.contains("float") && !header.contains("int64_t n,"), "\(header)")
  }

  @Test func aFileNameThatIsNoNameInCIsMadeOne() throws {
    let folder = try folder(["my-model.v2.gd": "input x: []\noutput int = x\n"])
    #expect(try folder.gradc("compile", "my-model.v2.gd").status == 0)
    #expect(folder.files.contains("my_model_v2.c"), "\(folder.files)")
  }

  /// A function of the C library's name would take over the library's callers; one of its own parameters' names could not be called.
  @Test(.enabled(if: Program.path(of: "gcc") != nil), arguments: ["memcpy", "errno", "stdin", "expf", "index", "dims", "outputs", "x"])
  func aModelMayBearAnyName(_ name: String) throws {
    let folder = try folder(["\(name).gd": "dim n\ninput x: [n]\ny = sum(exp(x))\noutput y, grad(y, x)\n"])
    for backend in ["tcc", "cc"] {
      let outcome = try folder.gradc("run", "\(name).gd", "--set", "x=[0,0]", "--backend", backend)
      #expect(outcome.output == "y: f32 = 2.0\ndy_dx: f32[2] = [1.0, 1.0]\n" && outcome.errors == "", "\(outcome)")
    }
    #expect(try folder.gradc("compile", "\(name).gd").status == 0)
    let c = try #require(folder.files.first { $0.hasSuffix(".c") })
    let compiled = try Program.run("gcc", ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-c", "-o", "object", c], in: folder)
    #expect(compiled.status == 0, "\(compiled)")
  }

  @Test func withoutACompilerTheCauseIsSaid() throws {
    let folder = try folder(["m.gd": "input x: []\noutput y = x\n"])
    let outcome = try folder.gradc("compile", "m.gd", "--emit", "so", environment: ["PATH": folder.path])
    #expect(outcome.status == 1 && outcome.errors.contains("cc"), "\(outcome)")
    #expect(folder.files == ["m.gd"])
  }
}
