"""A mail server for tests, by aiosmtpd, which knows nothing of our client.

    server.py serve FOLDER PORT [--tls starttls|implicit] [--auth USER:PASSWORD]
    server.py parse < mail

In FOLDER it finds the file `manner`, which may be changed at any time: nothing, or `STAGE stalls`, `STAGE closes` or
`STAGE answers TEXT`, where STAGE is NOOP, RCPT or DATA (once the content is there), or `STARTTLS injects`. Every mail that it accepts is in
FOLDER/received as JSON before it says so; certificate and key are FOLDER/certificate.pem and FOLDER/key.pem.
"""

import argparse
import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

FOREVER = 10**6


def described(raw):
    """What a mail reader sees, as Python's own parser has it."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(mail.iter_parts())
    defects = [defect for part in [mail, *parts] for defect in part.defects]
    defects += [defect for value in mail.values() for defect in value.defects]
    return {
        "headers": [[name, str(value)] for name, value in mail.items()],
        "content_type": mail.get_content_type(),
        "parts": [{"content_type": part.get_content_type(), "text": part.get_content()} for part in parts],
        "defects": [repr(defect) for defect in defects],
        "raw": raw.decode("latin-1"),
    }


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def behave(self, stage, server):
        """What to answer at this stage, if it isn't as usual."""
        manner = (self.folder / "manner").read_text().split(maxsplit=2)
        if manner[:1] != [stage]:
            return None
        if manner[1] == "stalls":
            await asyncio.sleep(FOREVER)
        if manner[1] == "closes":
            server.transport.close()
            await asyncio.sleep(FOREVER)
        return manner[2]

    async def injects(self):
        return (self.folder / "manner").read_text() == "STARTTLS injects"

    async def handle_NOOP(self, server, session, envelope, arg):
        return await self.behave("NOOP", server) or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await self.behave("RCPT", server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = await self.behave("DATA", server)
        if answer is None:
            self.keep(session, envelope)
        return answer or "250 OK"

    def keep(self, session, envelope):
        mail = described(envelope.original_content)
        mail |= {"sender": envelope.mail_from, "recipients": envelope.rcpt_tos, "connection": session.peer[1]}
        self.count += 1
        unfinished = self.folder / "unfinished"
        unfinished.write_text(json.dumps(mail))
        unfinished.rename(self.folder / "received" / f"{self.count:06}.json")


def tls_context(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


async def serve(options):
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

    user, _, password = (options.auth or "").partition(":")
    expected = LoginPassword(user.encode(), password.encode())
    class Server(SMTP):
        async def push(self, status):
            """Adds what a man in the middle could to the last answer that isn't encrypted: an answer to the next command."""
            if status == "220 Ready to start TLS" and await self.event_handler.injects():
                status += "\r\n250 mail.test"
            await super().push(status)

    handler = Handler(options.folder)
    context = tls_context(options.folder) if options.tls else None
    starttls = context if options.tls == "starttls" else None

    def protocol():
        return Server(
            handler,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=options.auth is not None,
            auth_require_tls=False,
            authenticator=lambda *call: AuthResult(success=call[-1] == expected, handled=False),
        )

    implicit = context if options.tls == "implicit" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", options.port, ssl=implicit)
    print("ready", flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("parse")
    server = commands.add_parser("serve")
    server.add_argument("folder", type=pathlib.Path)
    server.add_argument("port", type=int)
    server.add_argument("--tls", choices=["starttls", "implicit"])
    server.add_argument("--auth")
    options = parser.parse_args()
    if options.command == "parse":
        json.dump(described(sys.stdin.buffer.read()), sys.stdout)
    else:
        asyncio.run(serve(options))


main()
