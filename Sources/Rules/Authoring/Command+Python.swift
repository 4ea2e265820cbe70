/// Python scripts as steps.
///
/// What Python imports is invisible from outside, so a script runs where only what is declared can be imported: neither
/// a module beside the script nor bytecode that an earlier version has left there is found by accident.
extension Command {
    /// A script in Python. Its key holds the script, the package's files, the interpreter, and the version of every
    /// library that the interpreter finds.
    ///
    ///     Command.python(
    ///         script: "steps/train.py", package: "steps", interpreter: ".venv/bin/python",
    ///         .input(table), .output("out/model.joblib"))
    ///
    /// It can import what lies beside it, and `steps.…` by the package's own name, as far as those files are inputs.
    /// With `.worker` as the first item it stays alive: docs/workers.md.
    ///
    /// - Parameters:
    ///   - script: a source, or a file of the package.
    ///   - package: a directory of Python files, as `.pythonPackage`; its name is that of the package.
    ///   - interpreter: a program's name, or the path of one, relative to the workspace, as in a virtual environment.
    ///     Python 3.10 or later.
    ///   - items: what follows the script.
    public static func python(
        script: Artifact, package: String? = nil, interpreter: String = "python3", _ items: Item...
    ) -> Command {
        var fixed: [Item] = [
            .texts(["-B", "-c", PythonText.start]), .input(script), .text(parent(of: package)),
            .probe(vector: [interpreter, "-I", "-c", PythonText.libraries]),
        ]
        if let package { fixed.append(.pythonPackage(package)) }
        return Command(interpreter, items: fixed + items)
    }

    /// From which the package is imported by its name.
    private static func parent(of package: String?) -> String {
        let parts = (package ?? "").split(separator: "/").dropLast()
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}

/// What is said to the interpreter itself.
private enum PythonText {
    /// Runs the first argument; the second one is the directory from which its package is imported.
    ///
    /// `python script.py` would follow the link to the script, and import from the workspace itself whatever lies
    /// beside it. `-B` keeps bytecode out of the action's directory.
    static let start = """
        import os, runpy, sys; \
        script, parent = map(os.path.abspath, sys.argv[1:3]); \
        sys.path[:1] = [os.path.dirname(script), parent]; \
        sys.argv[:3] = [script]; \
        runpy.run_path(script, run_name='__main__')
        """

    /// Prints which Python this is, and which libraries it finds: as `pip freeze`, in a quarter of its time, which
    /// is not in every environment.
    static let libraries = """
        import sys; \
        from importlib.metadata import distributions; \
        print(sys.version, *sorted({f'{d.name}=={d.version}' for d in distributions()}), sep='\\n')
        """
}
