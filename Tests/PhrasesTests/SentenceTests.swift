// Every sentence with values in it, heard in English and Spanish (A9, B1, B4, C1, C3–C9, D2, D3).

import Foundation
import Testing

@testable import Phrases

@Suite struct SentenceTests {
    let english: Phrases
    let spanish: Phrases

    init() throws {
        english = try Spoken.phrases(in: "en")
        spanish = try Spoken.phrases(in: "es")
    }

    /// The same asked of both languages.
    private func said(_ inEnglish: String, _ inSpanish: String, by say: (Phrases) -> [String]) {
        heard(say(english), english, is: inEnglish)
        heard(say(spanish), spanish, is: inSpanish)
    }

    @Test func `a menu choice is the action and the key (C11)`() {
        said("to save it press two", "para guardarlo marque dos") { $0.choice(.toSaveMessage, key: "2") }
        said("to cancel press star", "para cancelar marque asterisco") { $0.choice(.toCancel, key: "*") }
        said("to end the call press pound", "para terminar la llamada marque numeral") {
            $0.choice(.toEndTheCall, key: "#")
        }
    }

    @Test func `the envelope says when, from whom and how long (C3)`() {
        let now = Date(timeIntervalSince1970: 1_773_327_600)  // 2026-03-12 15:00 UTC
        said(
            "received yesterday at three oh five pm from one zero two length one minute and twenty-one seconds",
            "recibido ayer a las tres y cinco de la tarde mensaje de uno cero dos "
                + "duración un minuto y veintiún segundos"
        ) { $0.envelope(received: now - 86_100, caller: "102", seconds: 81, now: now, timeZone: .gmt) }
        said("from an unknown number", "mensaje de un número desconocido") { $0.from(caller: nil) }
    }

    @Test func `a recorded name takes the number's place in the envelope (C3)`() {
        let now = Date(timeIntervalSince1970: 1_773_327_600)
        let inEnglish = english.envelope(received: now, seconds: 2, now: now, timeZone: .gmt)
        heard(inEnglish.before, english, is: "received today at three pm from")
        heard(inEnglish.after, english, is: "length two seconds")
        let inSpanish = spanish.envelope(received: now, seconds: 2, now: now, timeZone: .gmt)
        heard(inSpanish.before, spanish, is: "recibido hoy a las tres de la tarde mensaje de")
        heard(inSpanish.after, spanish, is: "duración dos segundos")
    }

    @Test func `the stock greetings name the extension (B1)`() {
        said(
            "the person at extension one zero one is not available",
            "la persona de la extensión uno cero uno no está disponible"
        ) {
            $0.notAvailable(extension: "101")
        }
        said("nobody is available at extension two zero zero", "no hay nadie disponible en la extensión dos cero cero")
        {
            $0.nobodyAvailable(extension: "200")
        }
        said("extension one zero one is not available", "la extensión uno cero uno no está disponible") {
            $0.nameNotAvailable.around($0.extension("101"))
        }
    }

    @Test func `a directory entry leaves room for the recorded name (A9)`() {
        let entry = english.forPerson(extension: "101", key: "1")
        #expect(entry.before == ["for"])
        heard(entry.after, english, is: "at extension one zero one press one")
        said("for j o at extension seven press one", "para jota o en la extensión siete marque uno") {
            $0.forPerson(extension: "7", key: "1").around($0.spelled("Jo"))
        }
        said("for extension seven press two", "para la extensión siete marque dos") {
            $0.forPerson(key: "2").around($0.extension("7"))
        }
        said("for j o press two", "para jota o marque dos") {
            $0.forPerson(extension: "!", key: "2").around($0.spelled("Jo"))
        }
        #expect(english.forPerson(extension: "101", key: "E") == NameFrame(before: [], after: []))
        said("one name found", "un nombre encontrado") { $0.namesFound(1) }
        said("thirty-one names found", "treinta y un nombres encontrados") { $0.namesFound(31) }
    }

    @Test func `a name is spelt, letters with marks too, and a stranger is one (A9)`() {
        heard(spanish.spelled("Íñigo 2"), spanish, is: "i eñe i ge o dos")
        heard(english.spelled("Íñigo 2"), english, is: "i n i g o two")
        #expect(english.spelled("—") == [])
        said("an unknown caller", "un número desconocido") { $0.extension("") }
    }

    @Test func `each recipient is confirmed by name and each failure is told (C5, C6)`() {
        said("extension seven at extension seven", "la extensión siete en la extensión siete") {
            $0.person(extension: "7").around($0.extension("7"))
        }
        said("the message has been forwarded to extension seven", "el mensaje se ha reenviado a la extensión siete") {
            $0.forwarded.around($0.extension("7"))
        }
        said("the message has been sent to extension seven", "el mensaje se ha enviado a la extensión siete") {
            $0.sent.around($0.extension("7"))
        }
        let reasons: [(DeliveryFailure, String, String)] = [
            (.mailboxFull, "because the mailbox is full", "porque el buzón está lleno"),
            (.takesNoMessages, "because the mailbox takes no messages", "porque el buzón no acepta mensajes"),
            (.noSuchMailbox, "because there is no such mailbox", "porque ese buzón no existe"),
            (.systemProblem, "because of a problem with the system", "por un problema del sistema"),
        ]
        for (failure, inEnglish, inSpanish) in reasons {
            said(
                "the message could not be delivered to extension seven \(inEnglish)",
                "no se ha podido entregar el mensaje a la extensión siete \(inSpanish)"
            ) { $0.notDelivered(because: failure).around($0.extension("7")) }
        }
        said("to one mailbox", "para un buzón") { $0.recipients(1) }
        said("to twenty-one mailboxes", "para veintiún buzones") { $0.recipients(21) }
    }

    @Test func `lists have numbers and members (C6)`() {
        said("list three", "la lista tres") { $0.list(3) }
        said("one member", "un miembro") { $0.members(1) }
        said("zero members", "cero miembros") { $0.members(0) }
    }

    @Test func `a number is offered to be called (C7)`() {
        said("to call nine one press one", "para llamar al número nueve uno marque uno") { $0.toCall("91", key: "1") }
        #expect(english.toCall("91", key: "?") == [])
    }

    @Test func `folders have names, and numbers from five on (C4)`() {
        said("the work folder", "la carpeta de trabajo") { $0.folder(.work) }
        said("folder five", "la carpeta cinco") { $0.folder(.number(5)) }
        said("one message in the folder of new messages", "un mensaje en la carpeta de mensajes nuevos") {
            $0.messages(1, in: .new)
        }
        said(
            "forty-one messages in the folder of saved messages",
            "cuarenta y un mensajes en la carpeta de mensajes guardados"
        ) {
            $0.messages(41, in: .saved)
        }
        said("no messages in folder nine", "no hay mensajes en la carpeta nueve") { $0.messages(0, in: .number(9)) }
        said("message saved in the friends folder", "mensaje guardado en la carpeta de amigos") {
            $0.saved(in: .friends)
        }
        said("for the family folder press three", "para la carpeta de familia marque tres") {
            $0.forFolder(.family, key: "3")
        }
        said("for the folder of deleted messages press a", "para la carpeta de mensajes borrados marque la letra a") {
            $0.forFolder(.deleted, key: "A")
        }
    }

    @Test func `greeting slots have numbers (C8)`() {
        said("greeting number three", "el saludo tres") { $0.greeting(3) }
        said("greeting number nine", "el saludo nueve") { $0.greeting(9) }
    }

    @Test func `how full the mailbox is and what it still takes (B4, C1)`() {
        said("you have used ninety percent of your mailbox", "usted ha usado el noventa por ciento de su buzón") {
            $0.used(percent: 90)
        }
        said("you can record for one minute and ten seconds", "puede grabar durante un minuto y diez segundos") {
            $0.recordingTime(seconds: 70)
        }
    }

    @Test func `a lock says when to try again, in whole minutes (D3)`() {
        said("please try again in forty seconds", "intente de nuevo en cuarenta segundos") {
            $0.tryAgain(inSeconds: 40)
        }
        said("please try again in fifteen minutes", "intente de nuevo en quince minutos") {
            $0.tryAgain(inSeconds: 14 * 60 + 1)
        }
        said("please try again in one hour", "intente de nuevo en una hora") { $0.tryAgain(inSeconds: 3590) }
    }

    @Test func `a PIN's length is asked for as the policy has it (C9, D2)`() {
        said("your pin must have at least six digits", "su clave debe tener por lo menos seis dígitos") {
            $0.pinLength(minimum: 6)
        }
        said("your pin must have exactly seven digits", "su clave debe tener exactamente siete dígitos") {
            $0.pinLength(minimum: 7, maximum: 7)
        }
        said("your pin must have between four and ten digits", "su clave debe tener entre cuatro y diez dígitos") {
            $0.pinLength(minimum: 4, maximum: 10)
        }
        said("your pin must have at least one digit", "su clave debe tener por lo menos un dígito") {
            $0.pinLength(minimum: 1, maximum: 0)
        }
    }

    @Test(arguments: ["en", "es"])
    func `every fixed prompt is a sentence or the beginning of one (C13)`(language: String) throws {
        let phrases = try Spoken.phrases(in: language)
        for prompt in PromptID.allCases where !prompt.isSound {
            let text = try #require(phrases.data.texts[prompt.rawValue])
            #expect(text.last.map(".?,".contains) == true, "\(prompt.rawValue): \(text)")
        }
    }
}
