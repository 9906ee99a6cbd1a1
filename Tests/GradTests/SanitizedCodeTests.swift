import Foundation
import GradCodegen
import GradIR
import TestSupport
import Testing

/// The C of random graphs under gcc's sanitizers: every array lies alone in memory, so that a read or write beside it ends the
/// program, and so does what C does not define. The values are the reference's, bit for bit.
@Suite struct SanitizedCodeTests {
  /// How many graphs: a few, or what GRADC_SANITIZED_GRAPHS says.
  static let count = ProcessInfo.processInfo.environment["GRADC_SANITIZED_GRAPHS"].flatMap { Int($0) } ?? 4

  @Test(.enabled(if: Program.path(of: "gcc") != nil), arguments: 0..<count) func codeStaysInItsArrays(seed: Int) throws {
    let folder = try TemporaryFolder()
    var options = RandomGraph.Options()
    options.allowsFaults = true
    let (made, inputs, dims) = RandomGraph.make(seed: 80_000 + UInt64(seed), size: 40, options: options)
    let (graph, pairs) = seed % 2 == 0 ? (made, []) : RandomGraph.updates(of: made, seed: UInt64(seed))
    let updates = pairs.map { InPlaceUpdate(input: $0.input, output: $0.output) }
    let generated = generateC(graph, options: COptions(name: "model", updates: updates))
    try folder.write("model.c", generated.source)
    try folder.write("model.h", generated.header)
    let outputs = try graph.results.map { result in
      let type = graph.type(of: result.value)
      return (type.dtype, try #require(type.shape.extents(dims)))
    }
    try folder.write("driver.c", driver(generated, inputs, outputs, dims))
    try folder.write("inputs", inputs.flatMap { $0.withUnsafeElementBytes { Array($0) } })

    let compiled = try Program.run(
      "gcc",
      [
        "-std=c99", "-g", "-O1", "-ffp-contract=off", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "driver.c", "model.c",
        "-lm", "-o", "program",
      ],
      in: folder)
    #expect(compiled.status == 0, "seed \(seed): \(compiled.words.prefix(3000))")
    guard compiled.status == 0 else { return }
    let ran = try Program.run(folder.file("program"), [], in: folder, environment: ["ASAN_OPTIONS": "detect_leaks=0"])
    let expected: [Tensor]
    do {
      expected = try GraphInterpreter.run(graph, inputs: inputs, dims: dims)
    } catch {
      #expect(ran.status == 3, "seed \(seed): \(error), the program ends with \(ran.status): \(ran.words.prefix(3000))")
      return
    }
    #expect(ran.status == 0, "seed \(seed): \(ran.words.prefix(3000))")
    guard ran.status == 0 else { return }
    var bytes = ArraySlice(try folder.bytes("outputs"))
    for (output, tensor) in zip(graph.results, expected) {
      let size = tensor.count * tensor.dtype.byteCount
      let found = tensor.reading(Array(bytes.prefix(size)))
      bytes = bytes.dropFirst(size)
      let difference = tensor.difference(from: found)
      #expect(difference == nil, "seed \(seed), \(output.name): \(difference ?? "")")
    }
  }

  /// A program that reads the inputs, calls the entry and writes the outputs; it ends with 3 where the entry gives a status.
  private func driver(_ generated: GeneratedC, _ inputs: [Tensor], _ outputs: [(DType, [Int])], _ dims: [String: Int]) -> String {
    var body: [String] = []
    let dimList = generated.dims.map { "\(dims[$0] ?? 0)" }.joined(separator: ", ")
    var arrays = generated.inputs.indices.map { "x\($0)" }
    for (index, input) in inputs.enumerated() {
      let size = input.count * input.dtype.byteCount
      body.append("void *x\(index) = malloc(\(size)); if (fread(x\(index), 1, \(size), in) != \(size)) return 2;")
    }
    for (index, output) in outputs.enumerated() {
      guard generated.outputs[index].updatedInput == nil else { continue }
      body.append("void *y\(index) = malloc(\(output.1.reduce(1, *) * output.0.byteCount));")
      arrays.append("y\(index)")
    }
    body.append("uint64_t size = model_workspace_bytes(\(dimList)); void *memory = 0;")
    body.append("if (size == UINT64_MAX || posix_memalign(&memory, 64, size)) return 4;")
    let arguments = (dimList.isEmpty ? [] : [dimList]) + arrays + ["memory"]
    body.append("if (model(\(arguments.joined(separator: ", ")))) return 3;")
    for (index, output) in outputs.enumerated() {
      let array = generated.outputs[index].updatedInput.map { "x\($0)" } ?? "y\(index)"
      body.append("fwrite(\(array), 1, \(output.1.reduce(1, *) * output.0.byteCount), out);")
      if array.hasPrefix("y") { body.append("free(\(array));") }
    }
    for index in inputs.indices { body.append("free(x\(index));") }
    return """
      #define _POSIX_C_SOURCE 200112L
      #include "model.h"
      #include <stdio.h>
      #include <stdlib.h>
      int main(void) {
        FILE *in = fopen("inputs", "rb"), *out = fopen("outputs", "wb");
        if (!in || !out) return 2;
        \(body.joined(separator: "\n  "))
        free(memory); fclose(in); fclose(out);
        return 0;
      }

      """
  }
}

extension Tensor {
  /// A tensor of this type and shape with the elements of these bytes.
  fileprivate func reading(_ bytes: [UInt8]) -> Tensor {
    func elements<Element>(_ zero: Element) -> [Element] {
      bytes.withUnsafeBytes { raw in
        (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self) }
      }
    }
    switch dtype {
    case .f32: return Tensor(elements(UInt32(0)).map { Float(bitPattern: $0) }, shape: shape)
    case .f64: return Tensor(elements(UInt64(0)).map { Double(bitPattern: $0) }, shape: shape)
    case .i32: return Tensor(elements(Int32(0)), shape: shape)
    case .i64: return Tensor(elements(Int64(0)), shape: shape)
    case .bool: return Tensor(elements(UInt8(0)).map { $0 != 0 }, shape: shape)
    }
  }
}
