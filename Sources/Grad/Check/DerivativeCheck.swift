import GradAD
import GradIR
import GradLanguage

/// Checks the derivatives that a model asks for: in f64 against differences, and forward against reverse mode.
public enum DerivativeCheck {
  /// What came of one derivative.
  public struct Finding: Sendable {
    /// `grad(loss, W1) at mlp.gd:12`
    public var title: String
    /// Elements that were compared with differences.
    public var compared = 0
    /// Elements within a step of a kink, or without a finite difference.
    public var skipped = 0
    /// False where the function cannot be held still for differences: a `stop_gradient` within a loop.
    public var hasDifferences = true
    /// Nil where nothing was compared.
    public var worst: Worst?
    /// Forward against reverse mode: the two products that should be equal, where both exist.
    public var modes: (forward: Double, reverse: Double, tolerance: Double)?

    /// True where modes agree and no element is beyond its tolerance.
    public var passed: Bool {
      let modesAgree = modes.map { !(abs($0.forward - $0.reverse) > $0.tolerance) } ?? true
      return modesAgree && !(worst.map { $0.excess > 1 } ?? false)
    }
  }
  /// The element with the greatest error against its tolerance.
  public struct Worst: Sendable {
    /// Where it is: `W1[3, 0]`.
    public var element: String
    /// What the model's derivative is there.
    public var derivative: Double
    /// What the differences of the function come to.
    public var difference: Double
    /// Error divided by tolerance; beyond 1 the derivative is wrong.
    public var excess: Double
  }
  /// What came of all derivatives of a model.
  public struct Report: Sendable {
    /// In the order in which the model asks for them.
    public var findings: [Finding]
    /// True where every derivative passed.
    public var passed: Bool { findings.allSatisfy(\.passed) }
    /// A line for each derivative, as `gradc check` prints them.
    public var lines: [String] { findings.isEmpty ? ["the model asks for no derivative"] : findings.map(\.line) }
  }

  /// - Parameters:
  ///   - differentiate: What expands derivatives; tests hand in one that is broken on purpose.
  ///   - data: Gives the data for the model in f64; what is missing is drawn at random.
  /// - Throws: `ModelError` for faults of model and data.
  public static func run(
    source: SourceFile, options: ModelOptions, differentiate: @escaping @Sendable (Graph) -> Graph = GradAD.differentiate(_:),
    data: (Model) throws -> ModelData
  ) throws -> Report {
    var options = options
    (options.precision, options.widensFloats) = (.f64, true)
    let model = try Model(source: source, options: options)
    let bound = try model.bind(data(model).completed(for: model, openDims: 3))
    do {
      try model.derivative.checkMemoryOfInterpreting(bound.dims)
    } catch {
      throw ModelError([error], in: source)
    }
    let checker = GraphCheck(
      graph: model.graph, inputs: bound.tensors, dims: bound.dims, source: source
    ) { graph in
      // Each question is about a part of the model; the derivatives outside it would be expanded for nothing.
      differentiate(graph.rebuilt { _, _, _ in nil })
    }
    do {
      return Report(findings: try checker.findings())
    } catch let fault as RunFault {
      throw ModelError([fault.diagnostic], in: source)
    }
  }
}

extension DerivativeCheck.Finding {
  /// One line of the report.
  var line: String {
    var text = "\(passed ? "ok  " : "FAIL") \(title): "
    if !hasDifferences {
      text += "not compared with differences, for a `stop_gradient` within a loop"
    } else if let worst {
      text += "\(compared) elements against differences"
      if skipped > 0 { text += " (\(skipped) skipped: within a step of a kink or not finite)" }
      text += ", worst \(worst.element): \(worst.derivative), differences \(worst.difference)"
    } else {
      text += skipped > 0 ? "all \(skipped) elements skipped: within a step of a kink or not finite" : "no elements"
    }
    if let modes {
      let agree = !(abs(modes.forward - modes.reverse) > modes.tolerance)
      text += agree ? "; forward and reverse agree" : "; forward gives \(modes.forward), reverse \(modes.reverse)"
    }
    return text
  }
}
