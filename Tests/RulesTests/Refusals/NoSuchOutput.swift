// error: value of type 'Features' has no member 'model'
import Rules

func wrong(_ build: Build) {
    build.rule("wrong", entities) { e in Train(features: rules(build).features[e].model, model: "models/\(e)") }
}
