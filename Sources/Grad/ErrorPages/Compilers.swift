// Compilers, the graph's text, and the command line.
extension ErrorPage {
  static let compilers: [ErrorPage] = [
    ErrorPage(
      "cc.failed", "The system's C compiler refused the C that gradc made; its first words stand below.",
      .commands(
        "$ mkdir bin; printf '#!/bin/sh\\nexit 1\\n' > bin/cc; chmod +x bin/cc\n$ PATH=$PWD/bin:$PATH gradc run model.gd --set x=[1,2,3] --backend cc"
      ),
      mend: "See that `cc` is a C99 compiler; if it is, please report the model."),
    ErrorPage(
      "cc.load", "The system's C compiler made code that cannot be loaded.",
      .commands(
        "$ mkdir bin; printf '#!/bin/sh\\n' > bin/cc; chmod +x bin/cc\n$ PATH=$PWD/bin:$PATH gradc run model.gd --set x=[1,2,3] --backend cc"
      ),
      mend: "See that the compiler makes code for this machine."),
    ErrorPage(
      "cc.missing", "There is no C compiler where gradc looks for one.",
      .commands("$ gradc=$(command -v gradc)\n$ PATH=/nowhere $gradc run model.gd --set x=[1,2,3] --backend cc"),
      mend: "Install gcc or clang, or use the backend tcc, which needs none."),
    ErrorPage(
      "gradc.bug",
      "A stage of gradc gave something that does not hold together, and the check behind it found it: a fault of gradc, not of the model.",
      .commands("(a fault of gradc)"), mend: "Please report the model and the message."),
    ErrorPage(
      "graph.invalid", "The text of a graph reads well, but the graph does not hold together.",
      .commands("(a graph's text whose types are wrong, handed to the library)"), mend: "Print the graph anew."),
    ErrorPage(
      "graph.syntax", "The text of a graph cannot be read.", .commands("(a graph's text cut short, handed to the library)"),
      mend: "Print the graph anew."),
    ErrorPage(
      "jit.denied", "The system does not let a process make code of its own.",
      .commands("(a system that forbids pages that are written and then run)"), mend: "Use `--backend cc` or `--backend interpreter`."),
    ErrorPage(
      "jit.memory", "There is no memory for the compiled code.", .commands("(a limit on memory that is reached)"),
      mend: "Raise the limit, or use `--backend interpreter`."),
    ErrorPage(
      "jit.miscompiled",
      "Before its first use the code that libtcc made was compared with the reference on small shapes, and it differs. It was not used.",
      .commands("(a fault of libtcc)"), mend: "Use `--backend cc` or `--backend interpreter`, and please report the model."),
    ErrorPage(
      "jit.rejected", "libtcc does not take the C that gradc made: a fault of gradc.", .commands("(a fault of gradc)"),
      mend: "Use `--backend interpreter`, and please report the model."),
    ErrorPage(
      "jit.size", "The C of the model is longer than is compiled in the process.", .commands("(a model of more than some 100,000 kernels)"),
      mend: "Use `--backend cc`, or loops where the model repeats itself."),
    ErrorPage(
      "jit.unavailable", "This gradc was built without libtcc.",
      .commands("$ swift build --disable-default-traits\n$ .build/debug/gradc run model.gd"),
      mend: "Use `--backend cc` or `--backend interpreter`, or build with the trait JIT."),
    ErrorPage(
      "jit.workspace", "The call needs more memory for what it computes between than there is.",
      .commands("$ echo 'fn f(s, i) = s + f32(i)\noutput y = fold(f, 0.0, iota(1000000000000))' > model.gd\n$ gradc run model.gd"),
      mend: "Make dims smaller."),
  ]

  static let usage: [ErrorPage] = [
    ErrorPage(
      "usage.arguments", "The command does not take these arguments. (Exit status 64, as for all wrong usage.)",
      .commands("$ gradc run --nonsense"), mend: "`gradc help run` lists what it takes."),
    ErrorPage(
      "usage.backend", "The backend is tcc or cc, and where something runs, interpreter.",
      .commands("$ gradc inspect model.gd --backend interpreter"), mend: "Choose one of them."),
    ErrorPage(
      "usage.dim", "`-D` takes a dim's name and a whole number of 0 or more, each dim once.", .commands("$ gradc run model.gd -D n=-1"),
      mend: "Write `-D n=8`."),
    ErrorPage(
      "usage.emit", "`--emit` takes c, object, so and manifest, separated by commas.", .commands("$ gradc compile model.gd --emit exe"),
      mend: "Write `--emit c,so`."),
    ErrorPage(
      "usage.precision", "`--precision` is f32 or f64.", .commands("$ gradc run model.gd --precision f16"), mend: "Write `--precision f64`."
    ),
    ErrorPage(
      "usage.set", "`--set` takes a name and a value.", .commands("$ gradc run model.gd --set x"),
      mend: "Write `--set x=3.5`, `--set w=[1,2]` or `--set W=@w.npy`."),
    ErrorPage(
      "usage.stage", "The stages are those that `gradc help inspect` lists.", .commands("$ gradc inspect model.gd --stage machine"),
      mend: "Choose one of them, or `all`."),
    ErrorPage(
      "usage.threads", "A call runs on one thread or several, and on no more than 256.", .commands("$ gradc bench model.gd --threads 0"),
      mend: "No more threads than the machine has processors are of use."),
    ErrorPage(
      "usage.topic", "`gradc help` explains a command, a function or an error's ID.", .commands("$ gradc help nothing"),
      mend: "`gradc help` lists the commands, `gradc help functions` the functions, docs/errors.md the IDs."),
    ErrorPage(
      "usage.update", "`--in-place` takes the name of an input or param and that of an output.",
      .commands("$ gradc compile model.gd --in-place W1"), mend: "Write `--in-place W1=W1_next`."),
  ]
}
