#if JIT
  import GradRuntime
  import Synchronization
  import Testing

  @testable import GradJIT

  @Suite struct CompiledModuleTests {
    private func rejection(_ source: String, entries: [String] = ["f"]) -> RejectedCode? {
      do throws(JITError) {
        _ = try CompiledModule(c: source, entries: entries)
        return nil
      } catch {
        guard case .rejected(let code) = error else { return nil }
        return code
      }
    }

    @Test func codeRunsWithDimsArraysAndWorkspace() throws {
      let module = try CompiledModule(c: affineSource, entries: ["affine"])
      var workspace = Workspace()
      #expect(try callDoubles(module, "affine", [[1, 2, 3], [2]], count: 3, &workspace) == [3.5, 5.5, 7.5])
      #expect(workspace.capacity >= 24)
      let large = (0..<5000).map(Double.init)
      #expect(try callDoubles(module, "affine", [large, [-1]], count: 5000, &workspace) == large.map { 1.5 - $0 })
    }

    @Test func runtimeFunctionsAreCalledWhereverTheyLie() throws {
      let source =
        "double grad_exp_f64(double); float grad_exp_f32(float);\n"
        + entry("f", "((double *)outputs[0])[0] = grad_exp_f64(0x1p+0); ((double *)outputs[0])[1] = grad_exp_f32(0x1p+0f);")
      let symbols = RuntimeSymbols.symbols(named: ["grad_exp_f64", "grad_exp_f32"])
      let module = try CompiledModule(c: source, entries: ["f"], symbols: symbols)
      var workspace = Workspace()
      #expect(try callDoubles(module, "f", [], count: 2, &workspace) == [grad_exp_f64(1), Double(grad_exp_f32(1))])
    }

    @Test func everyRuntimeFunctionHasAnAddress() {
      let names = RuntimeSymbols.names
      #expect(names.count > 10 && Set(names).count == names.count)
      for name in names { #expect(RuntimeSymbols.address(of: name) != nil, "\(name)") }
      #expect(RuntimeSymbols.address(of: "grad_no_such_function") == nil)
      #expect(Set(RuntimeSymbols.all.map(\.name)).isSuperset(of: ["memset", "memmove", "memcpy"]))
    }

    @Test func compilerHelpersAreFound() throws {
      let source = entry(
        "f",
        """
        struct big { double v[40]; };
        struct big a = {{0}};
        double zeros[64] = {0};
        a.v[3] = 0x1p+1;
        struct big b = a;
        ((double *)outputs[0])[0] = b.v[3] + zeros[5];
        """)
      let module = try CompiledModule(c: source, entries: ["f"], symbols: RuntimeSymbols.compilerHelpers)
      var workspace = Workspace()
      #expect(try callDoubles(module, "f", [], count: 1, &workspace) == [2])
    }

    @Test func rejectedCodeComesWithTheCompilersWordsAndTheModelsLines() {
      let source = "#line 12 \"model.gd\"\n" + entry("f", "double x = ;")
      let code = rejection(source)
      #expect(code?.source == source)
      #expect(code?.messages.contains { $0.contains("model.gd:") && $0.contains("error") } == true)
      let diagnostic = JITError.rejected(code ?? RejectedCode(messages: [], source: "")).diagnostic
      #expect(diagnostic.id == "jit.rejected")
      #expect(diagnostic.hint?.contains("--backend interpreter") == true)
      #expect(diagnostic.notes.first?.message.contains("model.gd") == true)
    }

    @Test func warningsAreErrors() {
      // Without a prototype the double would be passed as an int's register says.
      #expect(rejection(entry("f", "undeclared(0x1p+0);"))?.messages.first?.contains("undeclared") == true)
      #expect(rejection(entry("f", "int *p = 5.0f;")) != nil)
    }

    @Test func symbolsThatAreNotRegisteredAreNamed() {
      // The C library is in the process, and still not reached: only what is registered is.
      let code = rejection("double cbrt(double);\n" + entry("f", "((double *)outputs[0])[0] = cbrt(0x1p+0);"))
      #expect(code?.messages.contains { $0.contains("cbrt") } == true)
    }

    @Test func headersAreNotRead() {
      #expect(rejection("#include <math.h>\n" + entry("f", "")) != nil)
      #expect(rejection("#include <stdint.h>\n" + entry("f", "")) != nil)
    }

    @Test func entriesThatTheCodeLacksAreNamed() {
      #expect(rejection(entry("f", ""), entries: ["f", "g"])?.messages == ["the C does not define 'g_call'"])
    }

    @Test func aZeroByteIsNotTheEndOfTheCode() {
      #expect(rejection(entry("f", "") + "\0 garbage") != nil)
    }

    @Test func codeBeyondTheLimitIsNotCompiled() {
      let source = String(repeating: " ", count: CompiledModule.greatestSourceLength + 1)
      let limit = CompiledModule.greatestSourceLength
      #expect(throws: JITError.sourceTooLarge(bytes: limit + 1, limit: limit)) { _ = try CompiledModule(c: source, entries: []) }
    }

    @Test func codeThatCanBeCalledIsNotWritable() throws {
      let module = try CompiledModule(c: affineSource, entries: ["affine"])
      guard let code = module.pages else { return #expect(Bool(false), "no pages") }
      let start = UInt(bitPattern: code.baseAddress)
      for page in stride(from: start, to: start + UInt(code.count), by: 4096) {
        #expect(permissions(at: page) == "r-xp")
      }
    }

    @Test func modulesGiveTheirPagesBack() throws {
      let before = mappings().count
      for _ in 0..<1000 { _ = try CompiledModule(c: affineSource, entries: ["affine"], symbols: []) }
      #expect(mappings().count < before + 500)
    }

    @Test func failuresDoNotSpoilWhatComesAfter() throws {
      for _ in 0..<20 {
        #expect(rejection("int x = ") != nil)
        #expect(rejection("double cbrt(double);\n" + entry("f", "cbrt(0x1p+0);")) != nil)
        let module = try CompiledModule(c: affineSource, entries: ["affine"])
        var workspace = Workspace()
        #expect(try callDoubles(module, "affine", [[1], [1]], count: 1, &workspace) == [2.5])
      }
    }

    @Test func manyThreadsCompileAtOnce() {
      let wrong = Mutex(0)
      inThreads(8) { thread in
        for round in 0..<25 {
          let constant = Double(thread * 100 + round)
          let source = entry("f", "((double *)outputs[0])[0] = 0x\(String(Int(constant), radix: 16))p+0;")
          // Every fifth is refused, at the same time as others are compiled.
          let isWrong = round % 5 == 4
          var workspace = Workspace()
          let result: [Double]?
          do {
            let module = try CompiledModule(c: isWrong ? source + "}" : source, entries: ["f"])
            result = try callDoubles(module, "f", [], count: 1, &workspace)
          } catch {
            result = nil
          }
          if result != (isWrong ? nil : [constant]) { wrong.withLock { $0 += 1 } }
        }
      }
      #expect(wrong.withLock { $0 } == 0)
    }

    @Test func oneModuleServesManyThreads() throws {
      /// Lends the module to closures that outlive their maker's scope in the compiler's eyes.
      final class Shared: Sendable {
        let module: CompiledModule
        init(_ module: consuming CompiledModule) { self.module = module }
      }
      let shared = Shared(try CompiledModule(c: affineSource, entries: ["affine"]))
      let wrong = Mutex(0)
      inThreads(4) { thread in
        var workspace = Workspace()
        for count in 1..<200 {
          let x = (0..<count).map { Double($0 * thread) }
          let y = try? callDoubles(shared.module, "affine", [x, [3]], count: count, &workspace)
          if y != x.map({ 3 * $0 + 1.5 }) { wrong.withLock { $0 += 1 } }
        }
      }
      #expect(wrong.withLock { $0 } == 0)
    }

    @Test func workspaceThatCannotBeCountedIsAnError() throws {
      let module = try CompiledModule(c: entry("f", workspaceBytes: "~(uint64_t)0", ""), entries: ["f"])
      var workspace = Workspace()
      #expect(throws: JITError.workspace(bytes: nil)) {
        try module.withEntry(named: "f") { try $0.call(dims: [], inputs: [], outputs: [], workspace: &workspace) }
      }
    }

    @Test func statusComesBack() throws {
      let module = try CompiledModule(c: entry("f", "if (dims[0] > 5) return 17;"), entries: ["f"])
      var workspace = Workspace()
      for (dim, status) in [(5, 0), (6, 17)] as [(Int64, Int32)] {
        let result = try module.withEntry(named: "f") { try $0.call(dims: [dim], inputs: [], outputs: [], workspace: &workspace) }
        #expect(result == status)
      }
    }
  }
#else
  import GradJIT
  import Testing

  @Test func withoutTheTraitTheModuleSaysSo() {
    #expect(throws: JITError.unavailable) { _ = try CompiledModule(c: affineSource, entries: ["affine"]) }
    #expect(JITError.unavailable.diagnostic.id == "jit.unavailable")
  }
#endif
