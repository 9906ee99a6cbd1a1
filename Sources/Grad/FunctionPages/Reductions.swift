extension FunctionPage {
  static let reductionWords = """
    `axis` is an integer or a list of them and counts from the end where it is negative; all axes are reduced unless it is given. With
    `keepdims=true` the axes that are reduced stay as 1. NaN passes through. Of nothing `sum` is 0, `prod` 1, `any` false, `all` true;
    `max min argmax argmin mean` are an error when the dims are bound. Sums have [one order](numerics.md#sums).
    """

  private static let rows = "dim n, m\ninput x: [n, m]\n"

  static let reductions: [FunctionPage] = [
    FunctionPage(
      "sum", "Σ x. Integers and bools give i64. Its Jacobian is a row of ones.",
      "dim n\ninput x: [n]\ny = sum(x)\noutput y, grad(y, x)", "x=[1,2,3]"),
    FunctionPage("mean", "Σ x / n.", rows + "y = mean(x, axis=1)\noutput y, jacobian(y, x)", "x=[[1,2],[3,5]]"),
    FunctionPage(
      "prod", "The product of the elements. Its derivative is the product of the others, right with any number of zeros, at every order.",
      "dim n\ninput x: [n]\ny = prod(x)\noutput y, grad(y, x)", "x=[2,0,5]"),
    FunctionPage(
      "var", "Σ (x − mean)² / n: divided by n, not by n − 1.", "dim n\ninput x: [n]\ny = var(x)\noutput y, grad(y, x)", "x=[1,2,6]"),
    FunctionPage(
      "std", "√var. Where it is 0 the derivative is 0.", "dim n\ninput x: [n]\ny = std(x)\noutput y, grad(y, x)", "x=[1,2,6]"),
    FunctionPage(
      "norm", "√Σx². Where it is 0 the derivative is 0.", rows + "y = norm(x, axis=1)\noutput y, jacobian(y, x)", "x=[[3,4],[0,0]]"),
    FunctionPage(
      "logsumexp", "ln Σ eˣ, shifted by the maximum: right for x of any size. The shift is a constant for derivatives, for it cancels.",
      "dim n\ninput x: [n]\ny = logsumexp(x)\noutput y, grad(y, x)", "x=[1000,1000,999]"),
    FunctionPage(
      "argmax",
      "Where the greatest element is, in i64, the first of equals; NaN counts as the greatest. Of several axes it is the place in C order. "
        + "It has no derivative.", rows + "output y = argmax(x, axis=1)", "x=[[1,3,3],[5,nan,9]]"),
    FunctionPage(
      "argmin", "Where the least element is, in i64, the first of equals; NaN counts as the least. It has no derivative.",
      rows + "output y = argmin(x, axis=1)", "x=[[1,3,1],[5,nan,0]]"),
    FunctionPage("any", "Whether one of the bools is true.", rows + "output y = any(x > 2, axis=1)", "x=[[1,2],[3,1]]"),
    FunctionPage("all", "Whether all of the bools are true.", rows + "output y = all(x > 0, axis=1)", "x=[[1,2],[3,-1]]"),
  ]
}
