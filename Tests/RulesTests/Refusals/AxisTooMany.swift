// error: extra argument in subscript
import Rules

func wrong(_ build: Build) {
    build.rule("wrong", entities, days) { e, d in Train(features: rules(build).features[e, d].table, model: "m") }
}
