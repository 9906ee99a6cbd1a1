/// What can be wrong with a model's text before its meaning is asked for. The words are in `SyntaxError+Diagnostics`.
enum SyntaxError: Hashable, Sendable {
  // Characters.
  case notUTF8(byte: UInt8)
  case notText
  case strayCharacters(String)
  case foreignSpelling(String, hint: String)
  case doubleSlash
  case apostrophe
  case singleQuotes
  case unterminatedText
  case malformedNumber(String)
  case integerTooLarge(String)
  case floatTooLarge(String)

  // Brackets and nesting.
  case unclosed(opener: String, closer: String)
  case unopened(closer: String)
  case nestedTooDeeply(limit: Int)

  // Expressions.
  case expectedExpression(after: String?, found: String, hint: String?)
  case expected(String, found: String, hint: String?)
  case missingOperator(found: String, hint: String?)
  case assignmentInExpression
  case chainedComparison
  case looseOperand(String)
  case unaryPlus
  case typeAsValue(String)
  case textOutsideEinsum
  case calledValue(what: String)
  case unknownAttribute(String, hint: String?)
  case positionalAfterNamed
  case emptyTuple
  case emptyIndex
  case ellipsisOutsideIndex
  case tooManyEllipses

  // Statements.
  case reservedName(String, role: String)
  case unknownStatement(String, hint: String?)
  case loneExpression(hint: String)
  case assignmentToPart
  case secondAssignment
  case semicolonInModel
  case typedTargets
  case missingType(kind: String, name: String)
  case inputWithInitializer(String)
  case nestedFunction
  case statementInFunction(String)
  case definitionAfterReturn
  case missingReturn(function: String)
  case returnOutsideFunction
  case typedParameter
  case wrongPrecision(found: String)
  case expectedDefault(parameter: String)
  case severalOnOneLine(kind: String)
}
