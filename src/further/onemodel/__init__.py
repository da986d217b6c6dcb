"""One small model for several modalities: layouts, masking, added modalities and the law, compared with intervals."""
