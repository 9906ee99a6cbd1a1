extension FunctionPage {
  static let linearAlgebraWords = """
    A product has two Jacobians, each the other operand: `· W` multiplies at the right, `X ·` at the left. Neither is ever formed. Integers stay
    integers and wrap.
    """

  private static let matrices = "dim n, m, k\ninput a: [n, m]\ninput b: [m, k]\ninput u: [n, k]\n"
  private static let matrixData = "a=[[1,2]] b=[[3,4],[5,6]] u=[[1,1]]"

  static let linearAlgebra: [FunctionPage] = [
    FunctionPage(
      "matmul",
      "a @ b: the product of matrices and vectors as NumPy has it. The last axis of a meets the last but one of b; axes before them are a "
        + "batch and broadcast. A vector is a row at the left, a column at the right.",
      matrices + "y = a @ b\noutput y, vjp(y, a, u), vjp(y, b, u)", matrixData),
    FunctionPage(
      "dot", "Σ a b of vectors; of matrices the product over the last axis of a and the last but one of b, of a scalar the plain product.",
      "dim n\ninput a: [n]\ninput b: [n]\ny = dot(a, b)\noutput y, grad(y, a, b)", "a=[1,2] b=[3,4]"),
    FunctionPage(
      "outer", "Each element of a times each of b; what is no vector is read as one.",
      "dim n, m\ninput a: [n]\ninput b: [m]\ninput u: [n, m]\ny = outer(a, b)\noutput y, vjp(y, a, u), vjp(y, b, u)",
      "a=[1,2] b=[3,4,5] u=[[1,0,0],[0,0,1]]"),
    FunctionPage(
      "einsum",
      "A sum of products in Einstein's way: each axis has a letter, letters that the result lacks are summed over, a letter twice in an operand "
        + "is its diagonal, `...` stands for the other axes. Without an arrow the letters that stand once make the result.",
      "dim n, m, k\ninput a: [n, m]\ninput b: [k, m]\ninput u: [n, k]\ny = einsum(\"ij,kj->ik\", a, b)\noutput y, vjp(y, a, u), vjp(y, b, u)",
      "a=[[1,2]] b=[[3,4],[5,6]] u=[[1,1]]"),
    FunctionPage(
      "transpose", "Axis k of the result is axis `axes[k]` of x; without `axes` they are reversed, as by `x.T`.",
      "dim n, m\ninput x: [n, m]\ninput u: [m, n]\ny = transpose(x, axes=[1, 0])\noutput y, vjp(y, x, u)", "x=[[1,2,3]] u=[[1],[0],[0]]"),
    FunctionPage(
      "diag", "Of a vector the matrix with it on the diagonal, of a matrix its diagonal.",
      "dim n\ninput x: [n]\ninput u: [n, n]\ny = diag(x)\noutput y, vjp(y, x, u)", "x=[1,2] u=[[3,4],[5,6]]"),
    FunctionPage(
      "trace", "The sum of a matrix's diagonal.", "dim n\ninput x: [n, n]\ny = trace(x)\noutput y, grad(y, x)", "x=[[1,2],[3,4]]"),
  ]
}
