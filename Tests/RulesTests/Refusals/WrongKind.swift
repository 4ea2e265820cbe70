// error: cannot convert value of type 'Model' to expected argument type 'Table'
import Rules

func wrong(_ build: Build) {
    build.rule("wrong", entities) { e in Train(features: rules(build).models[e].model, model: "models/\(e)") }
}
