// error: instance method 'accepts(_:of:file:line:)' requires that 'Table' conform to 'Gathering'
import Rules

func wrong(_ build: Build) {
    rules(build).models.accepts(.optional, of: \.features)
}
