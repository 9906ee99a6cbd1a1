import GradIR
import Testing

@testable import Grad

/// Convolutions and pools with their gradients on ugly sizes: compiled code has the interpreter's bits.
@Suite struct ConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var (batch, channels, height, width): (Int, Int, Int, Int)
    var (filters, size): (Int, Int)
    var (stride, padding, pool): (Int, Int, Int)
    var type = "f32"
    var testDescription: String {
      "\(batch)×\(channels)×\(height)×\(width), \(filters) of \(size), stride \(stride), padding \(padding), pool \(pool), \(type)"
    }
  }

  private static let cases = [
    Case(batch: 2, channels: 3, height: 8, width: 8, filters: 4, size: 3, stride: 1, padding: 1, pool: 2),
    Case(batch: 1, channels: 1, height: 5, width: 7, filters: 1, size: 2, stride: 1, padding: 0, pool: 1),
    Case(batch: 3, channels: 2, height: 11, width: 9, filters: 5, size: 3, stride: 2, padding: 1, pool: 2),
    Case(batch: 1, channels: 5, height: 6, width: 37, filters: 33, size: 1, stride: 1, padding: 0, pool: 3),
    Case(batch: 2, channels: 17, height: 10, width: 10, filters: 3, size: 5, stride: 1, padding: 2, pool: 4),
    Case(batch: 2, channels: 3, height: 9, width: 9, filters: 2, size: 3, stride: 1, padding: 2, pool: 2),
    Case(batch: 2, channels: 3, height: 9, width: 8, filters: 6, size: 3, stride: 1, padding: 1, pool: 2, type: "f64"),
    Case(batch: 1, channels: 2, height: 7, width: 7, filters: 2, size: 3, stride: 3, padding: 0, pool: 1, type: "f64"),
  ]

  /// `kind` is what is around the convolution: `plain`, `pooled` by maxima, with numbers that no order of sums forgives.
  @Test(arguments: cases, ["plain", "pooled", "masked"])
  func compiledConvolutionsHaveTheInterpretersBits(_ own: Case, _ kind: String) throws {
    let y = "conv2d(image, kernel, stride=\(own.stride), padding=\(own.padding))"
    let loss =
      switch kind {
      case "plain": "sum(sin(\(y)))"
      case "pooled": "mean(max_pool2d(relu(\(y)), \(own.pool))^2)"
      // What is not selected has a cotangent of zero, which no infinity changes.
      default: "sum(where(\(y) > 0.1, sqrt(\(y)), 0))"
      }
    let text = """
      dim n
      input image: \(own.type)[n, \(own.channels), \(own.height), \(own.width)]
      param kernel: \(own.type)[\(own.filters), \(own.channels), \(own.size), \(own.size)]
      loss = \(loss)
      output loss, grad(loss, kernel, image)
      """
    let model = try Model(source: SourceFile(name: "convolution.gd", text: text))
    func values(_ count: Int, _ scale: Double, _ shape: [Int]) -> Tensor {
      let numbers = (0..<count).map { Double(($0 &* 7919) % 1009 - 504) / 504 * scale }
      return own.type == "f64" ? Tensor(numbers, shape: shape) : Tensor(numbers.map { Float($0) }, shape: shape)
    }
    let image = [own.batch, own.channels, own.height, own.width]
    let kernel = [own.filters, own.channels, own.size, own.size]
    let inputs = [values(image.reduce(1, *), 1, image), values(kernel.reduce(1, *), 0.5, kernel)]
    var data = ModelData()
    for (parameter, tensor) in zip(["image", "kernel"], inputs) { data.set(parameter, tensor) }
    let bound = try model.bind(data)
    let expected = try bound.interpreted()
    // The system's compiler takes its time: one case of each kind.
    for backend in own.filters == 4 ? [Backend.tcc, .cc] : [.tcc] {
      for (a, b) in zip(expected, try bound.run(on: backend)) { #expect(a.tensor.difference(from: b.tensor) == nil, "\(backend)") }
    }
  }
}
