// error: cannot convert value of type 'Day' to expected argument type 'String'
import Rules

func wrong(_ build: Build) {
    build.rule("wrong", days) { d in Train(features: rules(build).features[d].table, model: "models/\(d)") }
}
