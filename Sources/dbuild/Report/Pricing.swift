import Planning
import Synchronization

/// A price whose build is played through while other things are said; whoever asks for it waits until it is known.
final class Pricing: Sendable {
    private enum State: Sendable {
        case open(Beside<Event.Price>)
        case known(Event.Price)
    }

    private let state: Mutex<State>

    init(_ assessment: Assessment, _ request: Request, _ budget: Budget) {
        // In two threads if it is long, so that what comes after it, and cannot be shared out, begins early.
        let costs = Price.Costs(assessment, request)
        let find: @Sendable () -> Event.Price = { Price(ofView: costs, request, budget).event }
        // Where there can be no second thread, this one does it.
        state = Mutex((try? Beside(find)).map { .open($0) } ?? .known(find()))
    }

    var price: Event.Price {
        state.withLock { state in
            switch state {
            case .known(let price): return price
            case .open(let beside):
                let price = beside.take()
                state = .known(price)
                return price
            }
        }
    }
}
