import Glibc
import GradIR
import GradJIT
import Synchronization

/// The faster code that a tiered model turns to: made by a thread of its own, then there for every call.
public final class FasterCode: Sendable {
  private enum State: Int, AtomicRepresentable { case pending, ready, failed }

  private let state = Atomic(State.pending)
  /// The function to call, 0 until it is there.
  private let address = Atomic<UInt>(0)
  private let loaded = AtomicLazyReference<ModelCode>()

  init(_ model: Model, _ first: ModelCode, verifying: Bool, sharesLoops: Bool, report: @escaping @Sendable (Diagnostic) -> Void) {
    let work: @Sendable () -> Void = {
      do {
        let code = try ModelCode.bySystem(model, verifying: verifying, sharesLoops: sharesLoops)
        // Calls on memory that was had for the first code go on with it.
        guard code.signature.workspace == first.signature.workspace else {
          throw Diagnostic("gradc.bug", "the two codes of the model need workspaces of two sizes")
        }
        _ = self.loaded.storeIfNil(code)
        self.address.store(unsafeBitCast(code.entry, to: UInt.self), ordering: .releasing)
        self.state.store(.ready, ordering: .releasing)
      } catch {
        self.state.store(.failed, ordering: .releasing)
        report((error as? Diagnostic) ?? Diagnostic("gradc.bug", "\(error)"))
      }
    }
    guard let thread = SystemThread(work) else {
      state.store(.failed, ordering: .releasing)
      report(Diagnostic("cc.failed", "the system gives no thread to compile in"))
      return
    }
    thread.detach()
  }

  var code: ModelCode? { loaded.load() }

  var entry: CompiledModule.Call? {
    let address = address.load(ordering: .acquiring)
    return address == 0 ? nil : unsafeBitCast(address, to: CompiledModule.Call.self)
  }

  func settle() -> Bool {
    while true {
      switch state.load(ordering: .acquiring) {
      case .ready: return true
      case .failed: return false
      case .pending: usleep(200)
      }
    }
  }

  private static let said = Atomic(false)

  /// Writes to standard error, once in a process.
  public static let sayOnce: @Sendable (Diagnostic) -> Void = { diagnostic in
    if said.exchange(true, ordering: .relaxed) { return }
    let text = "note: the code of libtcc goes on: \(diagnostic.message)\n"
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
