extension GraphTooLarge {
  /// The fault in the model's words.
  public var diagnostic: Diagnostic {
    switch cause {
    case .calls, .operations:
      Diagnostic(
        "model.size",
        "written out, the model has more than \(limit) \(cause == .calls ? "calls" : "operations"): each call is a copy of its function",
        at: source, hint: "name what is needed twice, `u = f(x)`, and use `u`; what repeats is a `fold`, a `scan` or a `map`")
    case .derivatives:
      Diagnostic(
        "model.size",
        "the derivatives up to this one take more than \(limit) operations: each derivative of a derivative is several times as long",
        at: source, hint: "take fewer derivatives of derivatives, or derivatives of a smaller part of the model")
    }
  }
}
