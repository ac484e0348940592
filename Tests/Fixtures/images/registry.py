"""Serves one container image, made of plain tar files, from a registry on a free port of the loopback until its input ends.

    registry.py [--compression gzip|zstd|none] [--lie diff-id|layer|manifest] layer.tar …

Prints one line of JSON: `host`, and the digests `manifest` and `index`; the index also names an image for another platform.
The registry is Debian's docker-registry, filled by skopeo; one that lies about a layer or a manifest is a small server here.
"""
import argparse, gzip, hashlib, http.server, json, os, platform, re, shutil, subprocess, sys, tempfile, threading

NAME = "tests/python"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
OWN = ARCHITECTURES.get(platform.machine(), platform.machine())
OTHER = "arm64" if OWN == "amd64" else "amd64"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


class Layout:
    """An OCI image layout."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder + "/blobs/sha256")
        with open(folder + "/oci-layout", "w") as file:
            file.write('{"imageLayoutVersion": "1.0.0"}')

    def add(self, media_type, content, **more):
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        digest = hashlib.sha256(content).hexdigest()
        with open(f"{self.folder}/blobs/sha256/{digest}", "wb") as file:
            file.write(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content), **more}

    def add_image(self, layers, compression, lie, architecture):
        descriptors, plain = [], []
        for path in layers:
            with open(path, "rb") as file:
                tar = file.read()
            packed, suffix = tar, ""
            if compression == "gzip":
                packed, suffix = gzip.compress(tar, mtime=0), "+gzip"
            if compression == "zstd":
                packed, suffix = subprocess.run(["zstd", "-qc"], input=tar, capture_output=True, check=True).stdout, "+zstd"
            descriptors.append(self.add("application/vnd.oci.image.layer.v1.tar" + suffix, packed))
            plain.append("sha256:" + hashlib.sha256(tar + (b"x" if lie == "diff-id" else b"")).hexdigest())
        config = self.add("application/vnd.oci.image.config.v1+json", {
            "os": "linux", "architecture": architecture, "rootfs": {"type": "layers", "diff_ids": plain},
            "config": {"Entrypoint": ["/no/such/program"], "Env": ["PATH=/nowhere", "FROM_IMAGE=1"], "WorkingDir": "/nowhere"}})
        document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": descriptors}
        return self.add(MANIFEST, document, platform={"os": "linux", "architecture": architecture})


def serve_lies(layout, lie):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            digest = re.search("sha256:([0-9a-f]{64})$", self.path)
            content, kind = b"{}", "application/json"
            if digest:
                with open(f"{layout.folder}/blobs/sha256/{digest[1]}", "rb") as file:
                    content = file.read()
                if "/manifests/" in self.path:
                    kind = MANIFEST
                    content += b"\n" if lie == "manifest" else b""
                elif lie == "layer" and b"architecture" not in content:
                    content = content[:-1] + b"x"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_port}", None


def serve(layout, folder):
    with open(folder + "/registry.yml", "w") as file:
        file.write(f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}/store}}}}\nhttp: {{addr: '127.0.0.1:0'}}\n")
    process = subprocess.Popen(
        ["docker-registry", "serve", folder + "/registry.yml"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"listening on (127\.0\.0\.1:[0-9]+)", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            subprocess.run(
                ["skopeo", "copy", "--quiet", "--all", "--preserve-digests", "--dest-tls-verify=false",
                 "oci:" + layout.folder, f"docker://{found[1]}/{NAME}"], check=True)
            return found[1], process
    raise SystemExit("docker-registry did not start")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compression", default="gzip")
    parser.add_argument("--lie")
    parser.add_argument("layers", nargs="+")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="assay-registry-")
    process = None
    try:
        layout = Layout(folder + "/layout")
        own = layout.add_image(options.layers, options.compression, options.lie, OWN)
        other = layout.add_image(options.layers, options.compression, options.lie, OTHER)
        index = layout.add(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": [other, own]})
        with open(layout.folder + "/index.json", "w") as file:
            json.dump({"schemaVersion": 2, "manifests": [index]}, file)
        if options.lie in ("layer", "manifest"):
            host, process = serve_lies(layout, options.lie)
        else:
            host, process = serve(layout, folder)
        digests = {"manifest": own["digest"], "index": index["digest"], "other": other["digest"]}
        print(json.dumps({"host": host, "name": f"{host}/{NAME}", **digests}), flush=True)
        sys.stdin.read()
    finally:
        if process:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


main()
