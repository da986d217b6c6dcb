"""GGUF files, as llama.cpp and Ollama use them, converted to ordinary Hugging Face folders."""
