import Glibc
import GradCodegen
import GradRuntime

/// A function of this process that generated code calls by its name.
public struct NativeSymbol: @unchecked Sendable {
  // Unchecked for the pointer: it is the address of a function, which neither moves nor changes.
  /// As the generated C calls it.
  public let name: String
  /// Where it is in this process.
  public let address: UnsafeRawPointer

  /// A function by that name.
  public init(_ name: String, _ address: UnsafeRawPointer) {
    self.name = name
    self.address = address
  }
}

/// The addresses of what generated code may call. They come from tables that the linker fills, since the command is linked
/// statically and has no dynamic symbols to look up.
public enum RuntimeSymbols {
  /// What compilers call without being asked: to clear an array, to copy a structure.
  public static let compilerHelpers: [NativeSymbol] = {
    typealias Fill = @convention(c) (UnsafeMutableRawPointer, Int32, Int) -> UnsafeMutableRawPointer?
    typealias Copy = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int) -> UnsafeMutableRawPointer?
    let fill: Fill = memset
    let move: Copy = memmove
    let copy: Copy = memcpy
    return [
      NativeSymbol("memset", unsafeBitCast(fill, to: UnsafeRawPointer.self)),
      NativeSymbol("memmove", unsafeBitCast(move, to: UnsafeRawPointer.self)),
      NativeSymbol("memcpy", unsafeBitCast(copy, to: UnsafeRawPointer.self)),
    ]
  }()

  /// What profiled C calls behind each kernel.
  private static let mark: NativeSymbol = {
    let mark: @convention(c) (Int64) -> Void = grad_mark
    return NativeSymbol("grad_mark", unsafeBitCast(mark, to: UnsafeRawPointer.self))
  }()

  /// What shares loops among threads.
  private static let threads: [NativeSymbol] = {
    let parallel:
      @convention(c) (Int64, Int64, (@convention(c) (UnsafeMutableRawPointer?, Int64) -> Void)?, UnsafeMutableRawPointer?) -> Void =
        grad_parallel
    let pieceSize: @convention(c) (Int64, Int64, Int64) -> Int64 = grad_piece_size
    let firstStatus: @convention(c) (Int64, UnsafePointer<Int32>?) -> Int32 = grad_first_status
    return [
      NativeSymbol("grad_parallel", unsafeBitCast(parallel, to: UnsafeRawPointer.self)),
      NativeSymbol("grad_piece_size", unsafeBitCast(pieceSize, to: UnsafeRawPointer.self)),
      NativeSymbol("grad_first_status", unsafeBitCast(firstStatus, to: UnsafeRawPointer.self)),
    ]
  }()

  /// What a shared library finds in this process.
  static let lent: [NativeSymbol] =
    [mark] + threads + RuntimeFunction.lent.compactMap { name in address(of: name).map { NativeSymbol(name, $0) } }

  /// The names of the runtime's functions, in the runtime's order.
  public static var names: [String] {
    (Int64(0)...).lazy.map { grad_runtime_name($0) }.prefix { $0 != nil }.compactMap { $0.map { String(cString: $0) } }
  }

  /// The address of the runtime's function of that name, in the version for this processor.
  public static func address(of name: String) -> UnsafeRawPointer? { grad_runtime_address(name) }

  /// The symbols of the functions that are named, and the compiler's helpers.
  ///
  /// A name that the runtime lacks is left out: the compiler then says which symbol is undefined.
  public static func symbols(named names: some Sequence<String>) -> [NativeSymbol] {
    compilerHelpers + [mark] + threads + names.compactMap { name in address(of: name).map { NativeSymbol(name, $0) } }
  }
  /// All symbols.
  public static var all: [NativeSymbol] { symbols(named: names) }
}
