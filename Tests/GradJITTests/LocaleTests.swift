#if JIT
  import GradJIT
  import Glibc
  import Testing

  /// A locale whose decimal point is a comma: an installed one, or one made for the test; nil where neither can be had.
  private func commaLocale() -> locale_t? {
    let numeric = Int32(1 << LC_NUMERIC)
    if let installed = newlocale(numeric, "de_DE.UTF-8", nil) { return installed }
    var folder = Array("/tmp/gradlocaleXXXXXX".utf8CString)
    guard mkdtemp(&folder) != nil else { return nil }
    let place = String(decoding: folder.dropLast().map(UInt8.init), as: UTF8.self)
    defer { _ = run(["rm", "-rf", place]) }
    guard run(["localedef", "--no-archive", "-c", "-i", "de_DE", "-f", "UTF-8", place + "/comma"]) else { return nil }
    setenv("LOCPATH", place, 1)
    defer { unsetenv("LOCPATH") }
    return newlocale(numeric, "comma", nil)
  }

  /// A locale is not changed after it was made.
  nonisolated(unsafe) private let comma = commaLocale()

  /// Runs a command quietly; false where it cannot be started. (localedef's status tells of warnings too.)
  private func run(_ words: [String]) -> Bool {
    var process = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    guard posix_spawnp(&process, words[0], &actions, nil, arguments, environ) == 0 else { return false }
    var status: Int32 = 0
    return waitpid(process, &status, 0) == process
  }

  @Suite struct LocaleTests {
    @Test(.enabled(if: comma != nil, "no locale with a comma can be had here"))
    func hexFloatsAreCompiledRightWhereTheDecimalPointIsAComma() throws {
      let locale = try #require(comma)
      // The locale of this thread alone: other tests run at the same time.
      let previous = uselocale(locale)
      defer { uselocale(previous) }
      #expect(strtod("1,5", nil) == 1.5 && strtod("1.5", nil) == 1)

      let values: [Double] = [1.5, 0.1, -2.75, .pi, 1e300, 0x1p-1074, .leastNormalMagnitude, .greatestFiniteMagnitude]
      let literals = [
        "0x1.8p+0", "0x1.999999999999ap-4", "-0x1.6p+1", "0x1.921fb54442d18p+1", "0x1.7e43c8800759cp+996",
        "0x0.0000000000001p-1022", "0x1p-1022", "0x1.fffffffffffffp+1023",
      ]
      let stores = literals.enumerated().map { "((double *)outputs[0])[\($0.offset)] = \($0.element);" }
      let module = try CompiledModule(c: entry("f", stores.joined(separator: "\n")), entries: ["f"])
      var workspace = Workspace()
      #expect(try callDoubles(module, "f", [], count: values.count, &workspace) == values)
    }

    @Test func narrowHexFloatsAreExact() throws {
      let values: [Float] = [1.5, 0.1, -2.75, .pi, 0x1p-149, .greatestFiniteMagnitude]
      let literals = ["0x1.8p+0f", "0x1.99999ap-4f", "-0x1.6p+1f", "0x1.921fb4p+1f", "0x1p-149f", "0x1.fffffep+127f"]
      let stores = literals.enumerated().map { "{ float x = \($0.element); ((double *)outputs[0])[\($0.offset)] = x; }" }
      let module = try CompiledModule(c: entry("f", stores.joined(separator: "\n")), entries: ["f"])
      var workspace = Workspace()
      #expect(try callDoubles(module, "f", [], count: values.count, &workspace) == values.map(Double.init))
    }
  }
#endif
