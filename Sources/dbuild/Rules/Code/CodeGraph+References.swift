/// Where relocations lead.
extension CodeGraph {
    /// What a relocation refers to, and what else it may.
    ///
    /// - Parameter code: what stands before the address; nil of one that is not in code.
    func resolve(
        _ relocation: ObjectFile.Relocation, from atom: Int, behind code: ArraySlice<UInt8>?
    ) -> (Target, also: [Int]) {
        let object = atoms.all[atom].object
        let symbol = atoms.objects[object].symbols[relocation.symbol]
        let instruction = code.map {
            Self.isRelative(relocation.type) ? AddressedInstruction(before: $0) : .absolute
        }
        // Code counts from the end of the instruction: from behind the address, which is four bytes long, and operands.
        var addend = relocation.addend
        if code != nil, Self.isRelative(relocation.type) { addend += 4 }
        addend += instruction?.fewestOperandBytes ?? 0
        guard let section = symbol.section else {
            guard !symbol.name.isEmpty else { return (.outside(""), []) }
            guard let other = atoms.exported(symbol.name) else { return (.outside(symbol.name), []) }
            return (.atom(other.atom, offset: other.offset + addend), [])
        }
        if !symbol.isSection {
            guard let named = atoms.atom(object, section, symbol.offset) else { return emptySection(object, section) }
            let offset = symbol.offset - atoms.all[named].range.lowerBound + addend
            // The linker moves each member by itself, so it is the symbol's that is meant, also where optimised code
            // points before a text.
            if atoms.objects[object].sections[section].isMerged { return (.atom(named, offset: offset), []) }
            let pointed = atoms.atom(object, section, symbol.offset + addend)
            return (.atom(named, offset: offset), pointed.map { $0 == named ? [] : [$0] } ?? [])
        }
        // Entries of a jump table count from the table, not from themselves: they may point anywhere behind what is
        // meant. Code is one atom in its section, whatever the place.
        if atoms.objects[object].sections[section].isCode, let whole = atoms.atom(object, section, 0) {
            return (.atom(whole, offset: addend), [])
        }
        let others =
            instruction.map { possible($0, object, section, addend) }
            ?? entries(relocation, of: atom, section, addend)
        guard let first = atoms.atom(object, section, addend) ?? others.first else {
            return emptySection(object, section)
        }
        return (.atom(first, offset: addend - atoms.all[first].range.lowerBound), others.filter { $0 != first })
    }

    /// What an instruction may mean beside what lies at its address, as that is with the fewest operands.
    private func possible(
        _ instruction: AddressedInstruction, _ object: Int, _ section: Int, _ addend: Int
    ) -> [Int] {
        var found = instruction.operandBytes.compactMap {
            atoms.atom(object, section, addend - instruction.fewestOperandBytes + $0)
        }
        if instruction.takesAddress {
            let isMeant = atoms.atom(object, section, addend) != nil
            // No text lies where it can be written to.
            if !atoms.objects[object].sections[section].isWritable,
                let text = atoms.atom(object, section, addend + ObjectFile.bytesBeforeText),
                atoms.all[text].name.isEmpty || !isMeant
            {
                found.append(text)
            }
            // The end of a table is the beginning of what follows it.
            if let before = atoms.atom(object, section, addend - 1), atoms.all[before].name.isEmpty {
                found.append(before)
            }
        }
        return Set(found).sorted()
    }

    /// What a table's entry may mean: it may count from the table's beginning.
    private func entries(
        _ relocation: ObjectFile.Relocation, of atom: Int, _ section: Int, _ addend: Int
    ) -> [Int] {
        let own = atoms.all[atom]
        let isTable = own.name.isEmpty && !atoms.section(of: atom).name.hasPrefix("swift5_")
        guard Self.isRelative(relocation.type), isTable else { return [] }
        let place = addend - (relocation.offset - own.range.lowerBound)
        return atoms.atom(own.object, section, place).map { [$0] } ?? []
    }

    private func emptySection(_ object: Int, _ section: Int) -> (Target, also: [Int]) {
        let found = atoms.objects[object].sections[section]
        // Bounds of a section: nothing of it can be read.
        return (found.sizeBytes == 0 || !found.isLoaded ? .outside(found.name) : .nowhere, [])
    }

    private static func isRelative(_ type: UInt32) -> Bool { [2, 4, 9, 26, 41, 42].contains(type) }
}
