extension FunctionPage {
  static let shapeWords = """
    These move elements or make constants; what they take from x they give back to x in a derivative. Sizes are integer expressions over dims.
    """

  private static let vector = "dim n\ninput x: [n]\n"

  static let shapes: [FunctionPage] = [
    FunctionPage(
      "reshape", "The same elements in C order in another shape; one dimension may be -1: what is left.",
      vector + "y = reshape(x, [2, -1])\noutput y, jacobian(y, x)", "x=[1,2,3,4]"),
    FunctionPage(
      "broadcast_to", "x spread to a shape: shapes align at the right, a dimension of 1 expands.",
      vector + "input u: [2, n]\ny = broadcast_to(x, [2, n])\noutput y, vjp(y, x, u)", "x=[1,2] u=[[1,2],[3,4]]"),
    FunctionPage(
      "concat", "Arrays one behind the other along an axis that they have.",
      vector + "input a: [2]\ny = concat([x, a])\noutput y, jacobian(y, x)", "x=[1,2] a=[8,9]"),
    FunctionPage(
      "stack", "Arrays of one shape along a new axis.", vector + "y = stack([x, x^2])\noutput y, jacobian(y, x)", "x=[2,3]"),
    FunctionPage(
      "pad", "x with `value` around it: for each axis how many before and behind.",
      vector + "y = pad(x, [[1, 2]])\noutput y, jacobian(y, x)", "x=[5,6]"),
    FunctionPage(
      "flip", "x from its end, along all axes unless `axis` says which.", vector + "y = flip(x)\noutput y, jacobian(y, x)", "x=[1,2,3]"),
    FunctionPage("repeat", "Each slice along an axis n times in a row.", vector + "y = repeat(x, 2)\noutput y, jacobian(y, x)", "x=[1,2]"),
    FunctionPage(
      "cumsum", "Running totals along an axis. Integers and bools give i64. Its transpose runs from the other end.",
      vector + "input u: [n]\ny = cumsum(x)\noutput y, vjp(y, x, u)", "x=[1,2,3] u=[1,0,1]"),
    FunctionPage("iota", "0, 1, … n − 1, in i64.", "dim n = 4\noutput y = iota(n)"),
    FunctionPage("zeros", "Zeros, of the float type of what they meet.", "dim n = 2\noutput y = zeros([n, 3])"),
    FunctionPage("ones", "Ones, of the float type of what they meet.", "dim n = 2\noutput y = ones([n, 3])"),
    FunctionPage(
      "full", "One value everywhere.", "input v: []\ny = full([3], v)\noutput y, jacobian(y, v)", "v=7"),
    FunctionPage("eye", "The identity matrix, of the float type of what it meets.", "dim n = 3\noutput y = eye(n)"),
    FunctionPage(
      "one_hot", "A new last axis of n: 1 at the index, else 0, and all 0 where the index lies outside 0 … n − 1. It has no derivative.",
      "dim k\ninput i: i64[k]\noutput y = one_hot(i, 3)", "i=[2,0,5]"),
  ]
}
