"""A receive + hash + write loop and nothing else: `python_floor.py PORT FOLDER`. No sync, no rename, no database."""
import hashlib, re, socket, sys, threading


def serve(connection, folder, number):
    buffer = memoryview(bytearray(1 << 20))
    with connection:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(1 << 16)
            if not piece:
                return
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        missing = int(length[1]) if length else 0
        digest = hashlib.sha256()
        with open(f"{folder}/floor-{number}", "wb", buffering=0) as file:
            digest.update(body)
            file.write(body)
            missing -= len(body)
            while missing > 0:
                count = connection.recv_into(buffer[:missing])
                if not count:
                    return
                digest.update(buffer[:count])
                file.write(buffer[:count])
                missing -= count
        text = digest.hexdigest()
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=256)
    number = 0
    while True:
        connection, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=(connection, sys.argv[2], number % 64), daemon=True).start()


main()
