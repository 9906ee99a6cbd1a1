import GradIR

/// An operation of the runtime on blocks, `grad_multiply_add_blocks_f32(n, y, a, a_step, b, b_step, c, c_step)`, and its operands in a loop.
struct BlockOperation {
  var name: String
  var operands: [Expr]

  /// The functions of one argument that the runtime has for arrays: `grad_exp_block_f32(n, y, x)`.
  static let functions: Set<String> = [
    "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "erfc",
    "sigmoid", "softplus", "gelu", "silu", "floor", "ceil", "round", "abs", "sign", "relu",
  ]
  /// The functions of two arguments that have an operation.
  private static let binaryFunctions: Set<String> = ["max", "min", "annihilating_multiply"]
  private static let infix = ["+": "add", "-": "subtract", "*": "multiply", "/": "divide"]

  /// How many operands each operation takes.
  static let arities: [String: Int] = [
    "copy": 1, "copy_strided": 1, "negate": 1, "add": 2, "subtract": 2, "multiply": 2, "divide": 2, "max": 2, "min": 2,
    "annihilating_multiply": 2, "sigmoid_derivative": 2, "tanh_derivative": 2, "multiply_add": 3, "multiply_subtract": 3,
    "subtract_product": 3, "add_products": 4, "subtract_products": 4, "multiply_add_twice": 5, "exp_of_multiply": 2, "tanh_of_add": 2,
    "tanh_of_multiply": 2, "tanh_of_multiply_add": 3, "sigmoid_of_add": 2, "sigmoid_of_multiply": 2, "sigmoid_of_multiply_add": 3,
    "select_less": 4, "select_less_equal": 4, "select_equal": 4,
  ]

  /// What C is told of an operation; nil of other functions.
  static func prototype(_ function: String, _ dtype: DType, _ type: String) -> String? {
    let stem = stem(function)
    if stem == "prefetch_blocks" { return "void \(function)(int64_t n, const \(type) *x)" }
    guard stem.hasSuffix("_blocks"), let arity = arities[String(stem.dropLast("_blocks".utf8.count))] else { return nil }
    let operands = "abcde".prefix(arity).map { ", const \(type) *\($0), int64_t \($0)_step" }.joined()
    return "void \(function)(int64_t n, \(type) *y\(stem == "copy_strided_blocks" ? ", int64_t y_step" : "")\(operands))"
  }

  /// `exp` for `grad_exp_f32`.
  static func stem(_ function: String) -> String { String(function.dropFirst("grad_".count).dropLast("_f32".count)) }

  /// The richest operation that computes an expression of floats; nil where there is none.
  ///
  /// - Parameter seeing: What stands behind a name that is read here alone.
  init?(_ expression: Expr, seeing: (Expr) -> Expr) {
    func product(_ factor: Expr) -> [Expr]? { if case .binary("*", let a, let b) = seeing(factor) { [a, b] } else { nil } }
    /// Of a sum one of whose terms is a product.
    func productAndRest(_ a: Expr, _ b: Expr) -> (factors: [Expr], rest: Expr)? {
      switch (product(a), product(b)) {
      case (let factors?, nil): (factors, b)
      case (nil, let factors?): (factors, a)
      default: nil
      }
    }
    switch expression {
    case .unary("-", let a): self.init(name: "negate", operands: [a])
    case .binary("+", let a, let b):
      if let first = product(a), let second = product(b) {
        // a b + c d
        self.init(name: "add_products", operands: first + second)
      } else if let (factors, rest) = productAndRest(a, b) {
        if case .binary("+", let c, let d) = seeing(rest), let (inner, last) = productAndRest(c, d) {
          // a b + (c d + e)
          self.init(name: "multiply_add_twice", operands: factors + inner + [last])
        } else {
          self.init(name: "multiply_add", operands: factors + [rest])
        }
      } else {
        self.init(name: "add", operands: [a, b])
      }
    case .binary("-", let a, let b):
      if let first = product(a), let second = product(b) {
        self.init(name: "subtract_products", operands: first + second)
      } else if let factors = product(a) {
        self.init(name: "multiply_subtract", operands: factors + [b])
      } else if let factors = product(b) {
        // c − a b
        self.init(name: "subtract_product", operands: factors + [a])
      } else {
        self.init(name: "subtract", operands: [a, b])
      }
    case .binary("*", let a, let b):
      if let (name, value) = BlockOperation.derivative(seeing(a), seeing) {
        self.init(name: name, operands: [value, b])
      } else if let (name, value) = BlockOperation.derivative(seeing(b), seeing) {
        self.init(name: name, operands: [value, a])
      } else {
        self.init(name: "multiply", operands: [a, b])
      }
    case .binary(let symbol, let a, let b):
      guard let name = BlockOperation.infix[symbol] else { return nil }
      self.init(name: name, operands: [a, b])
    case .conditional(let condition, let a, let b):
      guard case .binary(let symbol, let x, let y) = seeing(condition) else { return nil }
      switch symbol {
      case "<": self.init(name: "select_less", operands: [x, y, a, b])
      case ">": self.init(name: "select_less", operands: [y, x, a, b])
      case "<=": self.init(name: "select_less_equal", operands: [x, y, a, b])
      case ">=": self.init(name: "select_less_equal", operands: [y, x, a, b])
      case "==": self.init(name: "select_equal", operands: [x, y, a, b])
      case "!=": self.init(name: "select_equal", operands: [x, y, b, a])
      default: return nil
      }
    case .call(let function, let arguments):
      let stem = BlockOperation.stem(function)
      if BlockOperation.binaryFunctions.contains(stem) {
        self.init(name: stem, operands: arguments)
      } else if arguments.count == 1, let argument = BlockOperation(seeing(arguments[0]), seeing: seeing),
        BlockOperation.arities["\(stem)_of_\(argument.name)"] != nil
      {
        // tanh(a b + c)
        self.init(name: "\(stem)_of_\(argument.name)", operands: argument.operands)
      } else {
        return nil
      }
    default: return nil
    }
  }

  private init(name: String, operands: [Expr]) {
    self.name = name
    self.operands = operands
  }

  /// s (1 − s), the derivative of the sigmoid by its value, and 1 − t², that of tanh.
  private static func derivative(_ factor: Expr, _ seeing: (Expr) -> Expr) -> (name: String, value: Expr)? {
    func isOne(_ a: Expr) -> Bool { a == .literal(.f32, UInt64(Float(1).bitPattern)) || a == .literal(.f64, Double(1).bitPattern) }
    switch factor {
    case .binary("*", let s, let rest):
      if case .binary("-", let one, s) = seeing(rest), isOne(one), s.isAtom { return ("sigmoid_derivative", s) }
    case .binary("-", let one, let square):
      if isOne(one), case .binary("*", let t, let other) = seeing(square), t == other { return ("tanh_derivative", t) }
    default: break
    }
    return nil
  }
}
