private import CXGBoost

/// Rows of features in XGBoost's own memory, with labels where they are to be learned from.
@safe final class DataMatrix {
    fileprivate let handle: DMatrixHandle
    let featureNames: [String]
    let rowCount: Int

    /// - Parameters:
    ///   - features: at least one row; a NaN is a missing value.
    ///   - labels: one per row, or nil for rows to be predicted.
    /// - Throws: `noRows`, `xgboost`.
    /// - Source: XGBoost C API 1.7, `XGDMatrixCreateFromMat`.
    init(_ features: FeatureMatrix, labels: [Float]? = nil) throws(ForecastingError) {
        guard features.rowCount > 0 else { throw .noRows }
        var created: DMatrixHandle?
        let code = unsafe features.values.withUnsafeBufferPointer { values in
            unsafe XGDMatrixCreateFromMat(
                values.baseAddress, bst_ulong(features.rowCount), bst_ulong(features.names.count), .nan, &created)
        }
        try check("XGDMatrixCreateFromMat", code)
        guard let matrix = unsafe created else { throw .xgboost(call: "XGDMatrixCreateFromMat", message: "no handle") }
        unsafe handle = matrix
        featureNames = features.names
        rowCount = features.rowCount
        // From here on `deinit` frees the matrix, also when what follows throws.
        let named = unsafe withCStrings(featureNames) { names in
            unsafe XGDMatrixSetStrFeatureInfo(matrix, "feature_name", names, bst_ulong(features.names.count))
        }
        try check("XGDMatrixSetStrFeatureInfo", named)
        guard let labels else { return }
        let labelled = unsafe labels.withUnsafeBufferPointer {
            unsafe XGDMatrixSetFloatInfo(matrix, "label", $0.baseAddress, bst_ulong($0.count))
        }
        try check("XGDMatrixSetFloatInfo", labelled)
    }

    deinit { unsafe XGDMatrixFree(handle) }
}

/// A model of boosted trees, in training or ready to predict.
@safe final class Booster {
    private let handle: BoosterHandle
    /// XGBoost keeps what it knows of these only as long as they live.
    private let matrices: [DataMatrix]

    /// A model without trees, to be trained on `matrix`.
    ///
    /// - Parameters:
    ///   - settings: XGBoost's names and values; unknown ones are ignored by XGBoost.
    ///   - watched: predictions for it are kept up to date tree by tree, so that asking for them after each round
    ///     costs one tree and not all.
    convenience init(
        _ settings: [(name: String, value: String)], threads: Int, training matrix: DataMatrix,
        watching watched: DataMatrix? = nil
    ) throws(ForecastingError) {
        try self.init(settings, threads, [matrix] + (watched.map { [$0] } ?? []))
        let names = matrix.featureNames
        let code = unsafe withCStrings(names) { pointers in
            unsafe XGBoosterSetStrFeatureInfo(handle, "feature_name", pointers, bst_ulong(names.count))
        }
        try check("XGBoosterSetStrFeatureInfo", code)
    }

    /// A trained model, from the bytes that `encoded` gave.
    convenience init(model bytes: [UInt8], threads: Int) throws(ForecastingError) {
        try self.init([], threads, [])
        let code = unsafe bytes.withUnsafeBytes {
            unsafe XGBoosterLoadModelFromBuffer(handle, $0.baseAddress, bst_ulong($0.count))
        }
        try check("XGBoosterLoadModelFromBuffer", code)
    }

    private init(
        _ settings: [(name: String, value: String)], _ threads: Int, _ matrices: [DataMatrix]
    ) throws(ForecastingError) {
        // `nthread` does not reach what happens before the first round, such as reading a model; without this every
        // forecast starts and stops a thread for each cpu of the machine, which takes longer than the forecast.
        omp_set_num_threads(Int32(clamping: threads))
        var created: BoosterHandle?
        let cache: [DMatrixHandle?] = unsafe matrices.map { unsafe $0.handle }
        let code = unsafe cache.withUnsafeBufferPointer {
            unsafe XGBoosterCreate($0.baseAddress, bst_ulong($0.count), &created)
        }
        try check("XGBoosterCreate", code)
        guard let booster = unsafe created else { throw .xgboost(call: "XGBoosterCreate", message: "no handle") }
        unsafe handle = booster
        self.matrices = matrices
        // From here on `deinit` frees the model, also when what follows throws.
        for (name, value) in settings + [("verbosity", "0"), ("nthread", "\(threads)")] {
            try check("XGBoosterSetParam", unsafe XGBoosterSetParam(booster, name, value))
        }
    }

    deinit { unsafe XGBoosterFree(handle) }

    /// Adds one tree, the `round`th, counted from 0.
    func update(round: Int, with matrix: DataMatrix) throws(ForecastingError) {
        try check("XGBoosterUpdateOneIter", unsafe XGBoosterUpdateOneIter(handle, Int32(round), matrix.handle))
    }

    /// Adds one tree, fitted to the derivatives of the caller's own loss.
    ///
    /// - Parameters:
    ///   - gradients: by the prediction, one per row of `matrix`.
    ///   - hessians: by the prediction twice, one per row; not negative.
    /// - Source: XGBoost C API 1.7, `XGBoosterBoostOneIter`.
    func boost(gradients: [Float], hessians: [Float], with matrix: DataMatrix) throws(ForecastingError) {
        precondition(gradients.count == matrix.rowCount && hessians.count == matrix.rowCount)
        // C asks for memory that it may write to, and does not.
        var (gradients, hessians) = (gradients, hessians)
        let code = unsafe gradients.withUnsafeMutableBufferPointer { gradients in
            unsafe hessians.withUnsafeMutableBufferPointer { hessians in
                unsafe XGBoosterBoostOneIter(
                    handle, matrix.handle, gradients.baseAddress, hessians.baseAddress, bst_ulong(gradients.count))
            }
        }
        try check("XGBoosterBoostOneIter", code)
    }

    /// One prediction per row, in the target's unit.
    ///
    /// - Parameter rounds: how many of the trees are asked, the first ones; nil for all.
    /// - Throws: `featuresDiffer` where the matrix has other features than the model was trained on.
    func predict(_ matrix: DataMatrix, rounds: Int? = nil) throws(ForecastingError) -> [Float] {
        let known = try featureNames()
        guard known == matrix.featureNames else { throw .featuresDiffer(table: matrix.featureNames, model: known) }
        // XGBoost takes the end 0 for all rounds.
        let settings = """
            {"type":0,"training":false,"iteration_begin":0,"iteration_end":\(rounds ?? 0),"strict_shape":false}
            """
        var shape: UnsafePointer<bst_ulong>?
        var dimensions: bst_ulong = 0
        var result: UnsafePointer<Float>?
        let code = unsafe XGBoosterPredictFromDMatrix(handle, matrix.handle, settings, &shape, &dimensions, &result)
        try check("XGBoosterPredictFromDMatrix", code)
        // The result is XGBoost's own memory, until the next call.
        return unsafe Array(UnsafeBufferPointer(start: result, count: matrix.rowCount))
    }

    /// The features it was trained on, in order.
    func featureNames() throws(ForecastingError) -> [String] {
        var count: bst_ulong = 0
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let code = unsafe XGBoosterGetStrFeatureInfo(handle, "feature_name", &count, &names)
        try check("XGBoosterGetStrFeatureInfo", code)
        return unsafe UnsafeBufferPointer(start: names, count: Int(count)).map { name in
            unsafe name.map { unsafe String(cString: $0) } ?? ""
        }
    }

    /// The model as universal binary JSON: trees, settings of the objective and feature names, nothing of the
    /// machine, the clock or the number of threads.
    func encoded() throws(ForecastingError) -> [UInt8] {
        var count: bst_ulong = 0
        var bytes: UnsafePointer<CChar>?
        let code = unsafe XGBoosterSaveModelToBuffer(handle, #"{"format":"ubj"}"#, &count, &bytes)
        try check("XGBoosterSaveModelToBuffer", code)
        return unsafe UnsafeBufferPointer(start: bytes, count: Int(count)).map { UInt8(bitPattern: $0) }
    }
}

/// - Throws: `xgboost` with the library's own words, if `code` says that `call` failed.
private func check(_ call: String, _ code: Int32) throws(ForecastingError) {
    guard code != 0 else { return }
    let message = unsafe XGBGetLastError().map { unsafe String(cString: $0) } ?? ""
    // Behind the first line are the addresses of a stack.
    throw .xgboost(call: call, message: String(message.prefix { $0 != "\n" }))
}

/// Calls `body` with C's array of strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    var characters: [CChar] = []
    var starts: [Int] = []
    for string in strings {
        starts.append(characters.count)
        characters += string.utf8CString
    }
    return unsafe characters.withUnsafeBufferPointer { characters in
        var pointers = unsafe starts.map { start in unsafe characters.baseAddress.map { unsafe $0 + start } }
        return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress) }
    }
}
