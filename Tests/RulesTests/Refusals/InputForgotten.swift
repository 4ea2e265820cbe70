// error: missing argument for parameter 'features' in call
import Rules

func wrong(_ build: Build) {
    build.rule("wrong", entities) { e in Train(model: "models/\(e)") }
}
