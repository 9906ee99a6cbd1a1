// Data, arrays in files, runs.
extension ErrorPage {
  static let data: [ErrorPage] = [
    ErrorPage(
      "data.dim", "No dim of 0 or more makes the axis as long as the data is.",
      .run("dim n\ninput x: [2*n]\noutput y = sum(x)", with: "--set x=[1,2,3]"), mend: "Give data of a length that the type allows."),
    ErrorPage(
      "data.extent",
      "The data is not as long as the model says, or two arrays that share a dim differ; the notes say where the dim got its value.",
      .run("dim n\ninput x: [n]\ninput z: [n]\noutput y = sum(x * z)", with: "--set x=[1,2,3] --set z=[1,2]"),
      mend: "Give arrays that agree, or declare two dims."),
    ErrorPage(
      "data.literal", "The text behind `--set` is no value.", .run("input x: [2]\noutput y = sum(x)", with: "--set x=[1,2"),
      mend: "Write a number, nested lists such as [[1, 0], [0, 1]], or @file.npy; quote what your shell would change."),
    ErrorPage(
      "data.missing", "Every input is given at each call, and so is a param without an initializer.",
      .run("input x: [3]\noutput y = sum(x)", with: ""),
      mend: "Give it by name, in an archive (`--inputs data.npz`) or by hand (`--set x=[1,2,3]`)."),
    ErrorPage(
      "data.rank", "The array has not as many axes as the type.", .run("input x: [3]\noutput y = sum(x)", with: "--set x=2"),
      mend: "Give an array of that many axes, or change the type."),
    ErrorPage(
      "data.type", "An array is converted where no value changes: floats to floats, integers that fit. A float array is no integer input.",
      .run("input i: i64[2]\noutput y = sum(i)", with: "--set i=[0.5,1]"), mend: "Give integers, or declare a float type."),
    ErrorPage(
      "data.unknown", "`--set` names something that is no input and no param.",
      .run("input x: []\noutput y = 2 * x", with: "--set x=1 --set z=2"), mend: "Mend the name."),
  ]

  static let arrays: [ErrorPage] = [
    ErrorPage(
      "array.archive", "The file is no archive of arrays that can be read.",
      .commands("$ echo nothing > data.npz\n$ gradc run model.gd --inputs data.npz"),
      mend: "Write it anew with numpy.savez or numpy.savez_compressed; it may be cut short."),
    ErrorPage(
      "array.bytes", "The array's data is shorter or longer than its header says.",
      .commands("$ head -c 200 whole.npy > cut.npy\n$ gradc run model.gd --set x=@cut.npy"),
      mend: "Copy the file again: it may be cut short."),
    ErrorPage(
      "array.dtype", "Arrays are read as little-endian f4, f8, i4, i8 and bool.",
      .commands("(an array of complex numbers)"),
      mend: "Convert it with .astype('<f8') before it is saved."),
    ErrorPage(
      "array.duplicate", "Two arrays of one name in one archive.", .commands("(two outputs of one name, handed to the library)"),
      mend: "Give each a name of its own."),
    ErrorPage(
      "array.file", "The file cannot be read or written; the system says why.", .commands("$ gradc run missing.gd"),
      mend: "See to the path and its rights."),
    ErrorPage(
      "array.header", "The file does not begin as an .npy file does.",
      .commands("$ echo nothing > x.npy\n$ gradc run model.gd --set x=@x.npy"), mend: "Write it with numpy.save."),
    ErrorPage(
      "array.memory", "An array needs more memory than can be had.",
      .commands("(a header that promises more elements than there is memory for)"), mend: "See that the file is what it should be."),
    ErrorPage(
      "array.name", "The name cannot be that of a file in an archive.", .commands("(an output without a name, handed to the library)"),
      mend: "Give it a short name of plain characters."),
    ErrorPage(
      "array.packing", "A part of the archive is damaged, encrypted, or packed in a way that is not read.",
      .commands("(an archive whose checksums do not hold)"), mend: "Write it anew with numpy.savez."),
    ErrorPage(
      "array.shape", "The header's shape is no list of numbers of 0 or more, or there are too many.",
      .commands("(a header with the shape (3, -1))"), mend: "Write the file anew with numpy.save."),
    ErrorPage(
      "file.folder", "The folder cannot be made; the system says why.", .commands("$ gradc compile model.gd -o /proc/folder"),
      mend: "Choose a folder that you may write to."),
    ErrorPage(
      "file.write", "The file cannot be written; the system says why.", .commands("$ gradc run model.gd --set x=[1,2,3] > /dev/full"),
      mend: "See to the space and the rights on the device."),
    ErrorPage(
      "source.size", "A model's file has at most 64 MB.", .commands("$ head -c 70000000 /dev/zero > model.gd\n$ gradc run model.gd"),
      mend: "Keep data out of the model: it is given by `--inputs`."),
  ]

  static let runs: [ErrorPage] = [
    ErrorPage(
      "run.fault", "Compiled code met a fault of the data, and the reference, which could say more, has not the memory to run.",
      .commands("(an index out of range in a model too large for the interpreter)"), mend: "See the tensor that the message names."),
    ErrorPage(
      "run.finite",
      "NaN and infinity are values, and a run goes on with them; with `--check-finite` the first operation that makes one ends it. It is "
        + "looked for in the model as written, by the interpreter, whatever the backend is; what comes in by the data is reported at the "
        + "output that it reaches.",
      .run("input x: [3]\ny = log(x)\noutput loss = sum(y)", with: "--set x=[1,0,2] --check-finite"),
      mend:
        "Keep the operation off such values, `log(max(x, 1e-12))`, or take the stable function, `log_softmax` for the log of a softmax."),
    ErrorPage(
      "run.index", "An index or a label in the data lies outside of its axis. Negative indices count from the end; labels do not.",
      .run("input i: i64[2]\noutput y = [1.0, 2.0, 3.0][i]", with: "--set i=[0,7]"),
      mend: "Mend the data: the message names tensor, position and value."),
    ErrorPage(
      "run.memory", "What the call reads, writes or holds is more than the memory of the machine, or than the process may have.",
      .run("output y = eye(100000)", with: ""), mend: "Make dims smaller, or reduce before results are stored."),
  ]
}
