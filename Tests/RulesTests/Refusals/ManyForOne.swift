// error: cannot convert value of type '[Table]' to expected argument type 'Table'
import Rules

func wrong(_ build: Build) {
    build.rule("wrong", entities) { e in Train(features: rules(build).features.all.table, model: "models/\(e)") }
}
