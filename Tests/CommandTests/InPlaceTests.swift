import Foundation
import Grad
import Testing

private let model = """
  dim n
  input x: [n, 3]
  input t: [n, 3]
  param W: [3, 3]
  param V: [3, 3]
  input m: [3, 3]
  g = grad(mean((tanh(x @ W) - t)^2), W)
  m_next = 0.9 * m + 0.1 * g
  output loss = mean((tanh(x @ W) - t)^2), W_next = W - 0.5 * m_next / (sqrt(abs(m_next)) + 1e-3), m_next, V_next = V @ V.T

  """

/// Two steps on arrays that the entry changes, or by arrays of their own that are copied.
private let driver = """
  #include "model.h"
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  int main(void) {
    static float x[15], t[15], W[9], V[9], m[9], loss[1];
    void *memory = 0;
    int step, i;
    for (i = 0; i < 15; i++) { x[i] = (float)(i % 7) / 4 - 0.7f; t[i] = (float)(i % 5) / 5; }
    for (i = 0; i < 9; i++) { W[i] = (float)(i % 4) / 3 - 0.4f; V[i] = (float)(i % 5) / 2 - 1; m[i] = 0.01f * (float)i; }
    if (posix_memalign(&memory, 64, (size_t)model_workspace_bytes(5) + 64)) return 2;
    for (step = 0; step < 2; step++) {
  #ifdef APART
      float W2[9], V2[9], m2[9];
      if (model(5, x, t, W, V, m, loss, W2, m2, V2, memory)) return 3;
      memcpy(W, W2, sizeof W); memcpy(V, V2, sizeof V); memcpy(m, m2, sizeof m);
  #else
      if (model(5, x, t, W, V, m, loss, memory)) return 3;
  #endif
    }
    fwrite(loss, sizeof loss, 1, stdout); fwrite(W, sizeof W, 1, stdout); fwrite(V, sizeof V, 1, stdout); fwrite(m, sizeof m, 1, stdout);
    free(memory);
    return 0;
  }

  """

@Suite struct InPlaceTests {
  /// gcc with every warning an error and with sanitizers, clang, and tcc: the bits of arrays apart.
  @Test(arguments: [
    ["gcc", "-std=c99", "-O3", "-Wall", "-Wextra", "-pedantic", "-Werror"],
    ["gcc", "-std=c99", "-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    ["clang", "-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror"], ["tcc", "-Wall", "-Werror"],
  ])
  func trainingStepsHaveTheBitsOfArraysApart(_ compiler: [String]) throws {
    guard Program.path(of: compiler[0]) != nil else { return }
    let folder = try folder(["model.gd": model, "driver.c": driver])
    let flags = Array(compiler.dropFirst()) + (compiler[0] == "tcc" ? [] : ["-ffp-contract=off", "-D_POSIX_C_SOURCE=200112L"])
    for (name, arguments, own) in [
      ("apart", [], ["-DAPART"]), ("over", ["--in-place", "W=W_next", "--in-place", "m=m_next", "--in-place", "V=V_next"], []),
    ] {
      let outcome = try Program.run(Command.gradc, ["compile", "model.gd"] + arguments, in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let compiled = try Program.run(compiler[0], flags + own + ["-o", name, "driver.c", "model.c", "-lm"], in: folder)
      #expect(compiled.status == 0 && compiled.errors == "", "\(compiled)")
      let program = try Program.run(folder.file(name), [], in: folder, output: folder.write("\(name).bytes", ""))
      #expect(program.status == 0, "\(program)")
    }
    #expect(try folder.bytes("over.bytes") == folder.bytes("apart.bytes"))
    #expect(try folder.bytes("over.bytes").count == 28 * 4)
  }

  @Test func headerAndManifestSayWhatIsUpdated() throws {
    let folder = try folder(["model.gd": model])
    let outcome = try folder.gradc("compile", "model.gd", "--emit", "c,manifest", "--in-place", "W=W_next", "--in-place", "m=m_next")
    #expect(outcome.status == 0, "\(outcome)")
    let header = try String(contentsOfFile: folder.file("model.h"), encoding: .utf8)
    #expect(header.contains("W  f32[3, 3], read, then written with W_next"), "\(header)")
    #expect(header.contains("const float *GRAD_RESTRICT V, float *GRAD_RESTRICT m"), "\(header)")
    #expect(!header.contains("*GRAD_RESTRICT W_next"))
    let manifest = try json(try String(contentsOfFile: folder.file("model.json"), encoding: .utf8))
    let outputs = try #require(manifest["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["updates"] as? String } == [nil, "W", "m", nil])
    let workspace = try #require(manifest["workspace"] as? [String: Any])
    #expect(workspace["bytes"] is NSNull && workspace["alignment"] as? Int == 64)
    // To the byte, with what rounds each array up; the header says that in words.
    #expect((workspace["formula"] as? String)?.contains("64*floor_divide(") == true, "\(workspace)")
    #expect(header.contains(" bytes, and what rounds each array up to 64"), "\(header)")
  }

  @Test func theWorkspaceIsANumberWhereTheDimsAreBound() throws {
    let folder = try folder(["model.gd": model])
    #expect(try folder.gradc("compile", "model.gd", "--emit", "manifest", "-D", "n=5").status == 0)
    let manifest = try json(try String(contentsOfFile: folder.file("model.json"), encoding: .utf8))
    let bytes = try #require((manifest["workspace"] as? [String: Any])?["bytes"] as? Int)
    #expect(bytes > 0 && bytes % 64 == 0)
    let kernels = try folder.gradc("inspect", "model.gd", "--stage", "kernels", "-D", "n=5").output
    #expect(kernels.contains("\nworkspace: \(bytes) bytes\n"), "\(kernels)")
  }

  @Test(arguments: [
    (["W2=W_next"], 1, "the model has no input or param 'W2'"), (["W=W_nxt"], 1, "did you mean 'W_next'?"),
    (["x=W_next"], 1, "cannot take the place of 'x', which is f32[n, 3]"), (["W=loss"], 1, "'loss' is f32"),
    (["W=W_next", "W=m_next"], 1, "'W' is taken by two outputs"), (["W=W_next", "V=W_next"], 1, "'W_next' is given to two inputs"),
    (["W"], 64, "--in-place takes input=output, not 'W'"), (["=W_next"], 64, "--in-place takes input=output"),
  ])
  func wrongPairsHaveWords(_ pairs: [String], status: Int32, words: String) throws {
    let folder = try folder(["model.gd": model])
    let outcome = try Program.run(Command.gradc, ["compile", "model.gd"] + pairs.flatMap { ["--in-place", $0] }, in: folder)
    #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome)")
    #expect(folder.files == ["model.gd"])
  }
}
